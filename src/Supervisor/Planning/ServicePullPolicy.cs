using Devoxx.Images;

namespace Devoxx.Supervisor.Planning;

/// <summary>A service's <c>pull_policy</c>.</summary>
internal static class ServicePullPolicy
{
    public static PullPolicy Of(string? text)
    {
        try
        {
            return PullPolicy.Parse(text);
        }
        catch (ImageException)
        {
            // Refused with position where the file was read; here the default serves.
            return PullPolicy.Parse(null);
        }
    }
}
