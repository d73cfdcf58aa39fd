using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>One line per change of a thing's status: <c> Container shop-web-1  Started</c>.</summary>
internal sealed class PlainProgress(TextWriter output) : IProgressRenderer
{
    private readonly Dictionary<(string, string), (string, string?)> last = [];

    public void Report(Progress progress)
    {
        var thing = (progress.Kind, progress.Name);
        var now = (progress.Status, progress.Detail);
        if (last.TryGetValue(thing, out var before) && (before == now || (progress.Current is not null && before.Item1 == progress.Status)))
        {
            return;
        }

        last[thing] = now;
        var detail = ProgressText.Detail(progress);
        output.WriteLine($" {progress.Kind} {progress.Name}  {progress.Status}{(detail.Length > 0 ? " " + detail : "")}");
    }

    public void Dispose()
    {
    }
}
