using CsCheck;
using Devoxx.Supervisor.Events;
using Devoxx.Supervisor.Tests.Journal;

namespace Devoxx.Supervisor.Tests.EventLog;

public sealed class EventTypesTests
{
    [Theory]
    [InlineData("noted")]
    [InlineData("Test.noted.v1")]
    [InlineData("test.noted.v0")]
    [InlineData("test.noted.v01")]
    [InlineData("test..noted.v1")]
    [InlineData("test.noted v1")]
    public void Refuses_a_manifest_without_kind_or_version(string manifest) =>
        Assert.Contains("should be like 'container.exited.v1'", Assert.Throws<ArgumentException>(
            () => new EventTypes().Add(manifest, TestEventJson.Default.Noted, _ => "")).Message);

    [Fact]
    public void Refuses_a_manifest_or_a_record_that_it_has_already()
    {
        var types = new EventTypes().Add("test.noted.v1", TestEventJson.Default.Noted, _ => "");
        Assert.Contains("'test.noted.v1' is registered twice",
            Assert.Throws<ArgumentException>(() => types.Add("test.noted.v1", TestEventJson.Default.Counted, _ => "")).Message);
        Assert.Contains("Noted is registered twice, the second time as 'test.noted.v2'",
            Assert.Throws<ArgumentException>(() => types.Add("test.noted.v2", TestEventJson.Default.Noted, _ => "")).Message);
    }

    [Fact]
    public void Takes_an_earlier_version_only_of_what_it_knows() =>
        Assert.Contains("register Counted first", Assert.Throws<ArgumentException>(() => new EventTypes().AddEarlier(
            "test.counted.v1", TestEventJson.Default.CountedAsText, (CountedAsText e) => new Counted(0, ""))).Message);

    [Fact]
    public void Tells_kind_and_version_apart()
    {
        Assert.True(TestEvents.Types.TryFind("test.counted.v2", out var type));
        Assert.Equal(("test.counted", 2), (type.Kind, type.Version));
        Assert.Equal("3 by me", type.Description(new Counted(3, "me")));
    }

    [Fact]
    public void Any_subject_survives_being_written_as_tags()
    {
        var name = Gen.String[Gen.Char[" ;%=abc3BÄ25"], 1, 8].Null();
        Gen.Select(name, name, name, name, name, name, (project, service, container, volume, network, image) =>
                new Subject(project, service, container, volume, network, image))
            .Sample(subject => Subject.FromTags(subject.ToTags()) == subject);
    }
}
