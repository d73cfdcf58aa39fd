using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>What the displays for people say beside a status.</summary>
internal static class ProgressText
{
    /// <summary>Why, in parentheses and on one line; nothing where the status is all there is to know. What failed and how far something is stands bare.</summary>
    public static string Detail(Progress progress)
    {
        if (progress.Detail is not { Length: > 0 } detail || (!progress.Failed && progress.Status is "Creating" or "Starting" or "Stopping" or "Removing" or "Killing" or "Pausing" or "Unpausing"))
        {
            return "";
        }

        detail = detail.ReplaceLineEndings(" ");
        return progress.Failed || progress.Kind == "Image" ? detail : $"({detail})";
    }
}
