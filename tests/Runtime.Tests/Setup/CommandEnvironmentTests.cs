using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Tests.Setup;

public sealed class CommandEnvironmentTests
{
    [Fact]
    public void Keeps_the_last_value_of_each_name() =>
        Assert.Equal(["ONE=three", "TWO=", "HOME=/h"], CommandEnvironment.Of(["ONE=two", "TWO=", "ONE=three", "HOME=/h"], () => "/root"));

    [Fact]
    public void Finds_a_home_where_none_is_given_or_it_is_empty()
    {
        Assert.Equal(["A=b", "HOME=/root"], CommandEnvironment.Of(["A=b"], () => "/root"));
        Assert.Equal(["A=b", "HOME=/root"], CommandEnvironment.Of(["HOME=/x", "HOME=", "A=b"], () => "/root"));
        Assert.Equal(["HOME=/root"], CommandEnvironment.Of(null, () => "/root"));
        Assert.Equal(["A=b"], CommandEnvironment.Of(["A=b"], () => null));
    }
}
