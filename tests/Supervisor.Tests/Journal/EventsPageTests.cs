namespace Devoxx.Supervisor.Tests.Journal;

public sealed class EventsPageTests
{
    [Fact]
    public void Docs_events_md_lists_every_event_there_is_as_the_source_has_it()
    {
        var file = Path.Combine(Repository.Root, "docs/events.md");
        var page = EventsPage.Make(EventCatalog.Types);
        Assert.DoesNotContain("\n?\n", page);
        if (Environment.GetEnvironmentVariable("DEVOXX_WRITE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, page);
        }

        Assert.True(File.Exists(file) && File.ReadAllText(file) == page,
            "docs/events.md is not what the source says; make it again with DEVOXX_WRITE_DOCS=1 dotnet run -c Release --project tests/Supervisor.Tests");
    }
}
