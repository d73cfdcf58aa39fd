using System.Collections.Immutable;
using Akka.Actor;
using Devoxx.Supervisor.Planning;

namespace Devoxx.Supervisor.Projects;

/// <summary>What of this machine stands in the way of a project's networks is said at each <c>up</c>.</summary>
internal sealed partial class ProjectActor
{
    /// <summary>Answers <see cref="LookForObstacles"/>.</summary>
    private sealed record ObstaclesSeen(ImmutableArray<string> Warnings);

    /// <summary>While images and volumes are asked for.</summary>
    private void LookForObstacles(UpProject up)
    {
        var bridges = up.Project.Networks.Where(n => NetworkSpecs.ModeOf(up.Project, n.Key) is null && n.Value.Driver is null or "" or "default" or "bridge" && !n.Value.Internal).Select(n => n.Value).ToList();
        if (bridges.Count == 0)
        {
            return;
        }

        obstacles = null;
        var (host, ipv6) = (environment.Networking, bridges.Any(NetworkSpecs.HasIpv6));
        host.Obstacles.FindAsync(environment.Kernel).PipeTo(
            Self,
            success: found => new ObstaclesSeen([.. found.Where(o => ipv6 || o.Family != "ip6").Select(o => o.Describe(host.Names.Prefix + "b"))]),
            failure: e => new ObstaclesSeen([$"whether another firewall stands in the way of the networks could not be looked up: {e.Message}"]));
    }
}
