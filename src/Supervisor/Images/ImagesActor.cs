using Akka.Actor;
using Devoxx.Images;
using Devoxx.Supervisor.Actors;

namespace Devoxx.Supervisor.Images;

/// <summary>Asks for an image to be there; answered by <see cref="ImageAnswer"/>, after any number of <see cref="ImageProgress"/>.</summary>
/// <param name="Policy">When to ask a registry although, or instead of, the store.</param>
/// <param name="Platform">Which of several the image is to be made for; null: this machine's, or whatever the store has.</param>
public sealed record ResolveImage(string Reference, PullPolicy Policy, IActorRef ReplyTo, ImagePlatform? Platform = null);

/// <param name="Platform">As it was asked for.</param>
public sealed record ImageAnswer(string Reference, StoredImage? Image, string? Error, bool Pulled = false, ImagePlatform? Platform = null);

public sealed record ImageProgress(string Reference, PullProgress Progress);

/// <summary>The parent of all images: whatever is in the store is answered at once, for the rest there is one <see cref="ImageActor"/> for each reference.</summary>
internal sealed class ImagesActor(SupervisorEnvironment environment) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ResolveImage resolve:
                Resolve(resolve);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Who asked must not wait for an answer that was lost with this actor's life.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        if (message is ResolveImage resolve)
        {
            resolve.ReplyTo.Tell(new ImageAnswer(resolve.Reference, null, $"the image store failed over {resolve.Reference}: {reason.Message}; see supervisor.log", Platform: resolve.Platform));
        }

        base.PreRestart(reason, message);
    }

    private void Resolve(ResolveImage resolve)
    {
        if (!ImageReference.TryParse(resolve.Reference, out var reference, out var error) && environment.Images.Find(resolve.Reference) is null)
        {
            resolve.ReplyTo.Tell(new ImageAnswer(resolve.Reference, null, $"{resolve.Reference} is not an image reference: {error}", Platform: resolve.Platform));
            return;
        }

        // What was made for another platform is not the image that was asked for.
        var found = environment.Images.Find(resolve.Reference);
        var stored = found is null || resolve.Platform is null ? found
            : reference is not null ? environment.Images.Find(reference, resolve.Platform)
            : resolve.Platform.Distance(found.Platform) is not null ? found : null;
        switch (resolve.Policy.Decide(stored is not null, buildable: false, stored?.LastChecked, environment.Now))
        {
            case PullDecision.Use:
                resolve.ReplyTo.Tell(new ImageAnswer(resolve.Reference, stored, null, Platform: resolve.Platform));
                break;
            case PullDecision.Pull:
                PullFor(reference!, resolve.Platform).Tell(resolve);
                break;
            default:
                resolve.ReplyTo.Tell(new ImageAnswer(
                    resolve.Reference, null,
                    found is null
                        ? $"image {resolve.Reference} is not in the store and pull_policy says not to pull; `devoxx-compose image load` takes it from a file"
                        : $"image {resolve.Reference} is in the store for {found.Platform}, not for {resolve.Platform}, and pull_policy says not to pull",
                    Platform: resolve.Platform));
                break;
        }
    }

    /// <summary>One actor for each reference that is being pulled: who asks meanwhile waits for the same pull.</summary>
    private IActorRef PullFor(ImageReference reference, ImagePlatform? platform)
    {
        var name = "i-" + Uri.EscapeDataString(platform is null ? reference.ToString() : $"{reference} {platform}");
        var child = Context.Child(name);
        if (child.IsNobody())
        {
            child = Context.ActorOf(Producer<ImageActor>.Props(() => new ImageActor(reference, platform, environment)), name);
        }

        return child;
    }
}

/// <summary>One reference: one pull at a time, shared by all who wait for it.</summary>
internal sealed class ImageActor(ImageReference reference, ImagePlatform? platform, SupervisorEnvironment environment) : UntypedActor
{
    private readonly List<ResolveImage> waiting = [];

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ResolveImage resolve:
                waiting.Add(resolve);
                if (waiting.Count == 1)
                {
                    Pull();
                }

                break;
            case PullProgress progress:
                foreach (var one in waiting)
                {
                    one.ReplyTo.Tell(new ImageProgress(one.Reference, progress));
                }

                break;
            case StoredImage image:
                Finish(image, null);
                break;
            case Status.Failure failure:
                Finish(null, failure.Cause.Message);
                break;
        }
    }

    private void Pull()
    {
        var (images, self) = (environment.Images, Self);
        PullAsync().PipeTo(self);

        async Task<StoredImage> PullAsync() => await images.PullAsync(reference, new PullOptions { Platform = platform }, new Reporter(self)).ConfigureAwait(false);
    }

    private void Finish(StoredImage? image, string? error)
    {
        foreach (var one in waiting)
        {
            one.ReplyTo.Tell(new ImageAnswer(one.Reference, image, error, Pulled: true, platform));
        }

        waiting.Clear();
    }

    private sealed class Reporter(IActorRef to) : IProgress<PullProgress>
    {
        public void Report(PullProgress value) => to.Tell(value);
    }
}
