using Devoxx.Images;

namespace Devoxx.Supervisor.Control;

/// <summary>What an image's pull, load or push is told as: a line for the image, and one for each layer, in Docker's words.</summary>
internal static class ImageProgressView
{
    public static Progress Of(PullProgress progress)
    {
        if (progress.Layer is not { } layer)
        {
            var (what, over) = progress.Phase switch
            {
                PullPhase.Pulled or PullPhase.UpToDate => ("Pulled", true),
                PullPhase.Done => ("Pushed", true),
                PullPhase.Retrying => ("Retrying", false),
                _ => ("Pulling", false),
            };
            return new Progress("Image", progress.Reference, what, progress.Message, Done: over);
        }

        // Archives name a layer by its path, in which there is nearly always a digest or an id: blobs/sha256/HEX, HEX/layer.tar, HEX.tar.
        var hex = layer.Split('/', '.').FirstOrDefault(part => part.Length == 64);
        var name = hex is null ? layer : hex[..12];
        var (status, done) = progress.Phase switch
        {
            PullPhase.Waiting => ("Waiting", false),
            PullPhase.Downloading => ("Downloading", false),
            PullPhase.Retrying => ("Retrying", false),
            PullPhase.Unpacking => ("Unpacking", false),
            PullPhase.Uploading => ("Pushing", false),
            PullPhase.AlreadyExists => ("Already exists", true),
            _ => ("Complete", true),
        };
        return new Progress("Layer", name, status, progress.Message, Done: done, Current: done ? null : progress.Bytes, Total: done ? null : progress.Total);
    }
}
