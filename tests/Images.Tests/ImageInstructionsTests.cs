using Devoxx.Images.Instructions;
using Devoxx.Oci;

namespace Devoxx.Images.Tests;

public sealed class ImageInstructionsTests
{
    private static readonly ImageConfig Before = new()
    {
        Entrypoint = ["/entry"],
        Cmd = ["serve"],
        Env = ["PATH=/bin", "A=1"],
        WorkingDir = "/srv",
        Labels = new Dictionary<string, string> { ["kept"] = "yes" },
    };

    [Fact]
    public void Each_instruction_changes_its_own_default()
    {
        var after = ImageInstructions.Apply(
            Before,
            [
                "CMD [\"a\", \"b c\"]", "env PATH=$PATH:/opt B=\"two words\" C='$A' D=${A} E=${none:-f}", "ENV OLD form of it", "EXPOSE 80 53/udp 8000-8001", "LABEL a=1 b=\"x y\"",
                "ONBUILD RUN make", "USER app:app", "VOLUME [\"/data\", \"/more\"]", "VOLUME /third", "WORKDIR sub/../dir", "STOPSIGNAL SIGINT",
            ]);

        Assert.Equal(["a", "b c"], after.Cmd!);
        Assert.Equal(["/entry"], after.Entrypoint!);
        Assert.Equal(["PATH=/bin:/opt", "A=1", "B=two words", "C=$A", "D=1", "E=f", "OLD=form of it"], after.Env!);
        Assert.Equal(["53/udp", "80/tcp", "8000/tcp", "8001/tcp"], after.ExposedPorts!.Keys);
        Assert.Equal(["a=1", "b=x y", "kept=yes"], after.Labels!.Select(label => $"{label.Key}={label.Value}"));
        Assert.Equal(["RUN make"], after.OnBuild!);
        Assert.Equal("app:app", after.User);
        Assert.Equal(["/data", "/more", "/third"], after.Volumes!.Keys);
        Assert.Equal("/srv/dir", after.WorkingDir);
        Assert.Equal("SIGINT", after.StopSignal);
    }

    [Fact]
    public void A_new_entrypoint_does_away_with_the_command_of_the_old_one()
    {
        Assert.Null(ImageInstructions.Apply(Before, ["ENTRYPOINT [\"/new\"]"]).Cmd);
        Assert.Equal(["x"], ImageInstructions.Apply(Before, ["CMD [\"x\"]", "ENTRYPOINT [\"/new\"]"]).Cmd!);
        Assert.Equal(["/bin/sh", "-c", "echo $A && [ -e x ]"], ImageInstructions.Apply(Before, ["ENTRYPOINT echo $A && [ -e x ]"]).Entrypoint!);
    }

    [Theory]
    [InlineData("RUN make", "RUN is not an instruction")]
    [InlineData("", "nothing is not an instruction")]
    [InlineData("CMD", "CMD says nothing")]
    [InlineData("ENV a", "no NAME=value")]
    [InlineData("ENV a=\"b", "quote is left open")]
    [InlineData("EXPOSE 0", "expected a port")]
    [InlineData("EXPOSE 9-8", "expected a port")]
    [InlineData("STOPSIGNAL SIGNOTHING", "is no signal")]
    [InlineData("ONBUILD FROM x", "cannot follow ONBUILD")]
    [InlineData("USER a b", "takes one word")]
    public void What_is_wrong_is_named(string instruction, string why) =>
        Assert.Contains(why, Assert.Throws<ImageException>(() => ImageInstructions.Apply(Before, [instruction])).Message);
}
