using System.Collections.Immutable;
using System.Text.Json;

namespace Devoxx.Supervisor.Control;

/// <summary>What <c>build</c> asks for, and <c>up</c> before it starts what is built.</summary>
/// <param name="Project">The canonical model.</param>
/// <param name="Services">Only these; empty: all that have a <c>build:</c>.</param>
/// <param name="Environment">The caller's: the builder runs with it, and arguments and secrets without a value come out of it. It is not kept.</param>
/// <param name="OnlyNeeded">Not what the store has, unless <c>pull_policy: build</c>; and try a registry first where the service names an image.</param>
/// <param name="Builder"><c>buildah</c> or <c>buildctl</c>; null: whichever is there.</param>
/// <param name="Memory">Bytes.</param>
/// <param name="Push">Push what was built.</param>
public sealed record BuildImagesRequest(
    JsonElement Project,
    ImmutableArray<string> Services,
    ImmutableSortedDictionary<string, string> Environment,
    bool OnlyNeeded = false,
    bool WithDependencies = false,
    ImmutableArray<string> Arguments = default,
    ImmutableArray<string> Ssh = default,
    string? Builder = null,
    bool NoCache = false,
    bool Pull = false,
    bool Push = false,
    long? Memory = null)
{
    /// <summary><c>up</c>: of <c>build.platforms</c> only the one that it is going to run.</summary>
    public bool OnlyHere { get; init; }
}

/// <summary>What <c>commit</c> asks for.</summary>
/// <param name="Container">Its whole id.</param>
/// <param name="Reference">The image's name; null: none.</param>
/// <param name="Changes">Dockerfile instructions that change the image's defaults.</param>
/// <param name="Pause">The container stands still meanwhile.</param>
public sealed record CommitRequest(
    string Container, string? Reference = null, string? Author = null, string? Message = null, ImmutableArray<string> Changes = default, bool Pause = true);
