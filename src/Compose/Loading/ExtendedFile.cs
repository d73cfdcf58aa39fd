using Devoxx.Compose.Tree;
using Devoxx.Compose.Yaml;

namespace Devoxx.Compose.Loading;

/// <summary>The services of a file that others extend.</summary>
internal sealed record ExtendedFile(string Path, MappingNode Services, ResetTags? Resets);
