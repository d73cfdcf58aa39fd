using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Devoxx.Supervisor.Control;

/// <summary>The JSON of the control API, source generated: camelCase, nulls left out, enumerations by name.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(UpRequest))]
[JsonSerializable(typeof(DownRequest))]
[JsonSerializable(typeof(ServicesRequest))]
[JsonSerializable(typeof(RunRequest))]
[JsonSerializable(typeof(RemoveContainersRequest))]
[JsonSerializable(typeof(RemoveRequest))]
[JsonSerializable(typeof(PruneRequest))]
[JsonSerializable(typeof(CreateVolumeRequest))]
[JsonSerializable(typeof(CreateNetworkRequest))]
[JsonSerializable(typeof(ImmutableArray<NetworkView>))]
[JsonSerializable(typeof(PullImagesRequest))]
[JsonSerializable(typeof(BuildImagesRequest))]
[JsonSerializable(typeof(TagImageRequest))]
[JsonSerializable(typeof(CommitRequest))]
[JsonSerializable(typeof(ImageDetails))]
[JsonSerializable(typeof(ImmutableArray<ImageStepView>))]
[JsonSerializable(typeof(ControlLine))]
[JsonSerializable(typeof(ControlError))]
[JsonSerializable(typeof(VersionView))]
[JsonSerializable(typeof(SettledView))]
[JsonSerializable(typeof(ContainerView))]
[JsonSerializable(typeof(ImmutableArray<ContainerFilesView>))]
[JsonSerializable(typeof(ImmutableArray<ProjectView>))]
[JsonSerializable(typeof(ImmutableArray<ContainerView>))]
[JsonSerializable(typeof(PlanView))]
[JsonSerializable(typeof(ImmutableArray<UsageView>))]
[JsonSerializable(typeof(ImmutableArray<ProcessesView>))]
[JsonSerializable(typeof(ImmutableArray<VolumeView>))]
[JsonSerializable(typeof(ImmutableArray<ImageView>))]
public sealed partial class ControlJson : JsonSerializerContext;
