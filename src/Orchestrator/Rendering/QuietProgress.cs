using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Rendering;

/// <summary><c>--progress quiet</c>.</summary>
internal sealed class QuietProgress : IProgressRenderer
{
    public void Report(Progress progress)
    {
    }

    public void Dispose()
    {
    }
}
