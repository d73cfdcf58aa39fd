using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Images;
using Devoxx.Oci;

namespace Devoxx.Supervisor.Planning;

/// <summary>An image that <c>up</c> would ask a registry for.</summary>
public sealed record ForetoldPull(string Image, string Cause);

/// <summary>
/// The plan of an <c>up</c> that is not going to be: as the real one, but that nothing is pulled for it. Of an image that is
/// not there nothing is known; what is made of it is planned all the same.
/// </summary>
public static class ForetoldUp
{
    /// <summary>What an unknown image may run: only that something can.</summary>
    private static readonly PlannedImage Unknown = new("", new ImageConfig { Cmd = ["?"] });

    /// <param name="find">The image store.</param>
    public static (Plan Plan, ImmutableArray<ForetoldPull> Pulls) Make(
        Project project, UpWish wish, Func<string, StoredImage?> find, Observation observation, StateRoot root, Func<Project?>? before, DateTimeOffset now)
    {
        var images = ImmutableDictionary.CreateBuilder<WantedImage, PlannedImage>();
        var pulls = ImmutableArray.CreateBuilder<ForetoldPull>();
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
            switch (ServicePullPolicy.Of(wish.Pull ?? service.PullPolicy).Decide(stored is not null, buildable: ServiceImages.IsBuilt(project, name), stored?.LastChecked, now))
            {
                case PullDecision.Pull:
                    pulls.Add(new ForetoldPull(name, stored is null ? "it is not in the store" : $"pull_policy is {wish.Pull ?? service.PullPolicy}"));
                    break;
                case PullDecision.Fail:
                    errors.Add($"image {name} is not in the store and pull_policy says not to pull; `devoxx-compose image load` takes it from a file");
                    break;
            }
        }

        return errors.Count > 0
            ? (Plan.Refused(errors.ToImmutable()), [])
            : (new UpPlanner(project, wish, images.ToImmutable(), observation, root, NewId, before).Make(), pulls.ToImmutable());
    }

    /// <summary>Nobody will ever see a container of it.</summary>
    private static string NewId() => Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N");
}
