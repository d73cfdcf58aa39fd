using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>Shows what is happening while a request runs.</summary>
internal interface IProgressRenderer : IDisposable
{
    void Report(Progress progress);
}
