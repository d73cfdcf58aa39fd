using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Images;
using Devoxx.Oci;

namespace Devoxx.Supervisor.Planning;

/// <summary>An image that <c>up</c> would get before anything else.</summary>
/// <param name="Action"><c>pull</c> or <c>build</c>.</param>
public sealed record ForetoldImage(string Image, string Cause, string Action = "pull");

/// <summary>
/// The plan of an <c>up</c> that is not going to be: as the real one, but that nothing is pulled or built for it. Of an image that is
/// not there nothing is known; what is made of it is planned all the same.
/// </summary>
public static class ForetoldUp
{
    /// <summary>What an unknown image may run: only that something can.</summary>
    private static readonly PlannedImage Unknown = new("", new ImageConfig { Cmd = ["?"] });

    /// <param name="find">The image store.</param>
    public static (Plan Plan, ImmutableArray<ForetoldImage> Images) Make(
        Project project, UpWish wish, Func<string, StoredImage?> find, Observation observation, StateRoot root, Func<Project?>? before, DateTimeOffset now)
    {
        var images = ImmutableDictionary.CreateBuilder<WantedImage, PlannedImage>();
        var fetched = ImmutableArray.CreateBuilder<ForetoldImage>();
        var errors = ImmutableArray.CreateBuilder<string>();
        foreach (var serviceName in UpPlanner.Imaged(project, wish))
        {
            if (ServiceImages.Of(project, serviceName) is not { } wanted || images.ContainsKey(wanted))
            {
                continue;
            }

            var service = project.Services[serviceName];
            var name = wanted.Name;
            var stored = find(name);
            if (stored is not null && wanted.Platform is { } platform && platform.Distance(stored.Platform) is null)
            {
                stored = null;
            }

            images.Add(wanted, stored is null ? Unknown : new PlannedImage(stored.Id, stored.Config.Config ?? new ImageConfig()));
            if (ServiceImages.IsBuilt(project, name))
            {
                if (Built(project, wish, name, stored is not null) is { } build)
                {
                    fetched.Add(build);
                }
                else if (stored is null)
                {
                    errors.Add($"image {name} is not in the store, and --no-build says not to build it");
                }

                continue;
            }

            switch (ServicePullPolicy.Of(wish.Pull ?? service.PullPolicy).Decide(stored is not null, buildable: false, stored?.LastChecked, now))
            {
                case PullDecision.Pull:
                    fetched.Add(new ForetoldImage(name, stored is null ? "it is not in the store" : $"pull_policy is {wish.Pull ?? service.PullPolicy}"));
                    break;
                case PullDecision.Fail:
                    errors.Add($"image {name} is not in the store and pull_policy says not to pull; `devoxx-compose image load` takes it from a file");
                    break;
            }
        }

        return errors.Count > 0
            ? (Plan.Refused(errors.ToImmutable()), [])
            : (new UpPlanner(project, wish, images.ToImmutable(), observation, root, NewId.Make, before).Make(), fetched.ToImmutable());
    }

    private static ForetoldImage? Built(Project project, UpWish wish, string image, bool isThere) =>
        wish.Build is false ? null
        : wish.Build is true ? new(image, "--build", "build")
        : wish.Pull == "build" || project.Services.Any(s => s.Value is { Build: not null, PullPolicy: "build" } && ConfigOutput.ImageOf(project, s.Key) == image)
            ? new(image, "pull_policy is build", "build")
        : isThere ? null : new(image, "it is not in the store", "build");
}
