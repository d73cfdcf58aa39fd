using Devoxx.Compose;
using Devoxx.Images;
using Devoxx.Supervisor.Images;

namespace Devoxx.Supervisor.Planning;

/// <summary>An image that a service is to run: one name may be wanted for several platforms.</summary>
/// <param name="Platform">Null: this machine's.</param>
public sealed record WantedImage(string Name, ImagePlatform? Platform = null)
{
    /// <summary>What an answer is about.</summary>
    public static WantedImage Of(ImageAnswer answer) => new(answer.Reference, answer.Platform);
}

/// <summary>Which image a service runs, and when a registry is asked for it. Pure.</summary>
public static class ServiceImages
{
    /// <returns>Null when the service names none and builds none.</returns>
    public static WantedImage? Of(Project project, string service)
    {
        var definition = project.Services[service];
        return string.IsNullOrEmpty(definition.Image) && definition.Build is null ? null
            : new WantedImage(ConfigOutput.ImageOf(project, service), string.IsNullOrEmpty(definition.Platform) ? null : ImagePlatform.Parse(definition.Platform));
    }

    /// <summary>Whether one of the services is built into this image.</summary>
    public static bool IsBuilt(Project project, string image) =>
        project.Services.Any(service => service.Value.Build is not null && ConfigOutput.ImageOf(project, service.Key) == image);

    /// <summary>To be called before anything else: whether what the services say of their images can be understood.</summary>
    /// <exception cref="FormatException">It cannot.</exception>
    public static void Check(Project project, string? asked)
    {
        foreach (var service in project.Services.Keys)
        {
            try
            {
                _ = Of(project, service);
                _ = PolicyOf(project, service, asked);
            }
            catch (ImageException e)
            {
                throw new FormatException($"service {service}: {e.Message}", e);
            }
        }
    }

    /// <param name="asked"><c>up --pull</c>; null: as the service says.</param>
    public static PullPolicy PolicyOf(Project project, string service, string? asked)
    {
        if (IsBuilt(project, ConfigOutput.ImageOf(project, service)))
        {
            // Whoever asked has had it built, or pulled, before.
            return new PullPolicy.Never();
        }

        return PullPolicy.Parse(asked ?? project.Services[service].PullPolicy);
    }
}
