using System.Collections.Immutable;
using Akka.Actor;
using Devoxx.Oci.Names;

namespace Devoxx.Supervisor.Networks.Names;

/// <summary>What the side that answers for names is told.</summary>
internal interface INamesCommand : INetworkCommand;

/// <summary>Answer the questions of this run, now or with what has changed of it; answered by <see cref="NamesServed"/> once that is so.</summary>
/// <param name="ReplyTo">Nobody: the run goes on, whatever comes of it.</param>
internal sealed record ServeNames(ResolverClient Client, IActorRef ReplyTo) : INamesCommand;

/// <summary>The run has ended.</summary>
internal sealed record EndNames(string ContainerId) : INamesCommand;

/// <summary>The container goes.</summary>
internal sealed record ForgetNames(string ContainerId) : INamesCommand;

/// <summary>After recovery: whatever is told of other containers is of nobody.</summary>
/// <param name="AtRest">None of them runs or is about to.</param>
internal sealed record KeepNames(ImmutableHashSet<string> Containers, bool AtRest) : INamesCommand;

/// <summary>A network's names are these from here on.</summary>
internal sealed record SetZone(NetworkZone Zone) : INamesCommand;

/// <summary>A network is gone.</summary>
internal sealed record RemoveZone(string NetworkId) : INamesCommand;

/// <summary>After recovery: zones of other networks are of nobody.</summary>
internal sealed record KeepZones(ImmutableHashSet<string> NetworkIds) : INamesCommand;

/// <param name="Run">As the command had it.</param>
/// <param name="Error">Null: names are resolved.</param>
internal sealed record NamesServed(string ContainerId, string Run, string? Error);
