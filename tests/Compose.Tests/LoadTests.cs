using System.Text;

namespace Devoxx.Compose.Tests;

public sealed class LoadTests
{
    [Fact]
    public void Reads_a_service_and_prints_it_canonically()
    {
        var result = ComposeLoader.Load(new LoadRequest
        {
            Files = [new ComposeFile("/srv/app/compose.yaml", "services:\n  web:\n    image: busybox:1.36\n    mem_limit: 16m\n")],
            WorkingDirectory = "/srv/app",
            ProjectName = "app",
        });

        Assert.Empty(result.Diagnostics);
        var json = Encoding.UTF8.GetString(ProjectJson.Write(result.Project!));
        Assert.Contains("\"mem_limit\": \"16777216\"", json);
        Assert.Equal(json, Encoding.UTF8.GetString(ProjectJson.Write(ProjectJson.Read(Encoding.UTF8.GetBytes(json)))));
    }
}
