namespace Devoxx.Images.Tests;

public sealed class ImageReferenceTests
{
    private const string Sha = "sha256:" + "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("busybox", "docker.io/library/busybox:latest", "busybox:latest")]
    [InlineData("busybox:1.36", "docker.io/library/busybox:1.36", "busybox:1.36")]
    [InlineData("user/app", "docker.io/user/app:latest", "user/app:latest")]
    [InlineData("docker.io/nginx", "docker.io/library/nginx:latest", "nginx:latest")]
    [InlineData("index.docker.io/nginx", "docker.io/library/nginx:latest", "nginx:latest")]
    [InlineData("localhost/app", "localhost/app:latest", "localhost/app:latest")]
    [InlineData("localhost:5000/app:v1", "localhost:5000/app:v1", "localhost:5000/app:v1")]
    [InlineData("registry:5000/a/b/c", "registry:5000/a/b/c:latest", "registry:5000/a/b/c:latest")]
    [InlineData("[::1]:5000/app", "[::1]:5000/app:latest", "[::1]:5000/app:latest")]
    [InlineData("quay.io/a/b__c--d.e_f", "quay.io/a/b__c--d.e_f:latest", "quay.io/a/b__c--d.e_f:latest")]
    [InlineData("Host/app", "Host/app:latest", "Host/app:latest")]
    [InlineData("busybox@" + Sha, "docker.io/library/busybox@" + Sha, "busybox@" + Sha)]
    [InlineData("busybox:1@" + Sha, "docker.io/library/busybox:1@" + Sha, "busybox:1@" + Sha)]
    [InlineData("busybox:5000", "docker.io/library/busybox:5000", "busybox:5000")]
    public void Normalises_as_docker_does(string text, string canonical, string familiar)
    {
        var reference = ImageReference.Parse(text);

        Assert.Equal(canonical, reference.ToString());
        Assert.Equal(familiar, reference.Familiar);
        Assert.Equal(reference, ImageReference.Parse(canonical));
        Assert.Equal(reference, ImageReference.Parse(familiar));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Busybox")]
    [InlineData("busybox:")]
    [InlineData("busybox:-x")]
    [InlineData("busybox@sha256:abc")]
    [InlineData("busybox@")]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a..b")]
    [InlineData("a___b")]
    [InlineData("-a")]
    [InlineData("a_")]
    [InlineData("localhost:port/app")]
    [InlineData("localhost:99999/app")]
    [InlineData("-host.example/app")]
    [InlineData("a b")]
    [InlineData("../../etc/passwd")]
    [InlineData("host.example/../x")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void Refuses_what_is_no_reference(string text)
    {
        Assert.False(ImageReference.TryParse(text, out _, out var error));
        Assert.NotEmpty(error);
        Assert.Throws<ImageException>(() => ImageReference.Parse(text));
    }

    [Fact]
    public void Says_that_names_are_lower_case() =>
        Assert.Contains("lower case", Assert.Throws<ImageException>(() => ImageReference.Parse("MyApp")).Message);

    [Fact]
    public void Refuses_names_and_tags_that_are_too_long()
    {
        Assert.True(ImageReference.TryParse("a:" + new string('t', 128), out _));
        Assert.False(ImageReference.TryParse("a:" + new string('t', 129), out _));
        Assert.False(ImageReference.TryParse(new string('a', 250), out _));
    }
}
