namespace Devoxx.Compose.Tests;

public sealed class PortTests
{
    [Theory]
    [InlineData("3000", """[{"mode":"ingress","target":3000,"protocol":"tcp"}]""")]
    [InlineData("\"8000:8080\"", """[{"mode":"ingress","target":8080,"published":"8000","protocol":"tcp"}]""")]
    [InlineData("8000:8080", """[{"mode":"ingress","target":8080,"published":"8000","protocol":"tcp"}]""")]
    [InlineData("\"6060:6060/UDP\"", """[{"mode":"ingress","target":6060,"published":"6060","protocol":"udp"}]""")]
    [InlineData("\"127.0.0.1:8001:8001\"", """[{"mode":"ingress","host_ip":"127.0.0.1","target":8001,"published":"8001","protocol":"tcp"}]""")]
    [InlineData("\"127.0.0.1::80\"", """[{"mode":"ingress","host_ip":"127.0.0.1","target":80,"protocol":"tcp"}]""")]
    [InlineData("\"[::1]:80:80\"", """[{"mode":"ingress","host_ip":"::1","target":80,"published":"80","protocol":"tcp"}]""")]
    [InlineData("\"::1:80:80\"", """[{"mode":"ingress","host_ip":"::1","target":80,"published":"80","protocol":"tcp"}]""")]
    [InlineData("\"3000-3002\"", """[{"mode":"ingress","target":3000,"protocol":"tcp"},{"mode":"ingress","target":3001,"protocol":"tcp"},{"mode":"ingress","target":3002,"protocol":"tcp"}]""")]
    [InlineData("\"9090-9091:8080-8081\"", """[{"mode":"ingress","target":8080,"published":"9090","protocol":"tcp"},{"mode":"ingress","target":8081,"published":"9091","protocol":"tcp"}]""")]
    [InlineData("\"9000-9010:80\"", """[{"mode":"ingress","target":80,"published":"9000-9010","protocol":"tcp"}]""")]
    // A range is in the order of its ports' texts.
    [InlineData("\"9-10\"", """[{"mode":"ingress","target":10,"protocol":"tcp"},{"mode":"ingress","target":9,"protocol":"tcp"}]""")]
    [InlineData("{target: 80, published: 8080}", """[{"mode":"ingress","target":80,"published":"8080","protocol":"tcp"}]""")]
    [InlineData("{target: \"80\", published: \"8080-8090\", host_ip: 0.0.0.0, protocol: udp, mode: host, name: web, app_protocol: http}",
        """[{"name":"web","mode":"host","host_ip":"0.0.0.0","target":80,"published":"8080-8090","protocol":"udp","app_protocol":"http"}]""")]
    public void Prints_ports_in_long_form(string port, string expected) => Compose.Same(expected, Compose.Canonical($"ports:\n  - {port}")["ports"]);

    [Theory]
    [InlineData("\"80:x\"", "`x` is not a container port")]
    [InlineData("\"70000:80\"", "`70000` is not a host port")]
    [InlineData("\"80:90:100:110\"", "`80:90` is not an IP address")]
    [InlineData("\"1.2.3.400:80:80\"", "`1.2.3.400` is not an IP address")]
    [InlineData("\"80-82:80-81\"", "differ in length")]
    [InlineData("\"82-80\"", "is not a container port")]
    [InlineData("\"80/icmp\"", "`icmp` is not a protocol")]
    [InlineData("\"80:\"", "no container port")]
    [InlineData("80.5", "is not a port")]
    [InlineData("{published: 80}", "no `target`")]
    [InlineData("{target: 80, host_ip: nowhere}", "`nowhere` is not an IP address")]
    public void Refuses_what_is_no_port(string port, string message)
    {
        var error = Compose.Error($"ports:\n  - {port}");
        Assert.StartsWith("compose.yaml:5:", error);
        Assert.Contains(message, error);
    }

    [Fact]
    public void The_same_port_twice_is_one() =>
        Compose.Same("""[{"mode":"ingress","target":80,"published":"80","protocol":"tcp"}]""", Compose.Canonical("ports: [\"80:80\", \"80:80/tcp\", \"80:80\"]")["ports"]);
}
