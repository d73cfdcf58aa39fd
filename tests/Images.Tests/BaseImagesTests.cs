using Devoxx.Images.Build;

namespace Devoxx.Images.Tests;

public sealed class BaseImagesTests
{
    [Theory]
    [InlineData("FROM a:1\n", "a:1")]
    [InlineData("from --platform=$BUILDPLATFORM a AS one\nFROM One\nCOPY --from=one /x /\nCOPY --chown=1 --from=b /x /\nCOPY --from=0 /x /\n", "a b")]
    [InlineData("# FROM no\nARG V=1\nARG W=${V}2\nFROM a:$V\nFROM b:${W}\nFROM c:${GONE:-3}\nFROM d:${V:+4}\n", "a:1 b:12 c:3 d:4")]
    [InlineData("ARG GIVEN=1\nFROM a:${GIVEN}\n", "a:given")]
    [InlineData("FROM \\\n  # a comment\n\n  a:1 \\\n  AS x\nRUN --mount=type=bind,from=tool,target=/t --network=none echo --from=no\n", "a:1 tool")]
    [InlineData("FROM scratch\nARG X=1\nCOPY --from=img:$X / /\n", "")]
    [InlineData("FROM a\r\nFROM a\r\n", "a")]
    public void Names_what_a_Dockerfile_starts_from(string dockerfile, string expected) =>
        Assert.Equal(expected, string.Join(' ', BaseImages.Of(dockerfile, name => name == "GIVEN" ? "given" : null)));
}
