using System.Text.Json;
using Devoxx.Oci;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Containers;

/// <summary>The directory with <c>config.json</c>.</summary>
internal static class Bundle
{
    public static RuntimeSpec Read(string directory)
    {
        var path = Path.Combine(directory, "config.json");
        try
        {
            return RuntimeSpecReader.ReadSpec(File.ReadAllBytes(path));
        }
        catch (JsonException e)
        {
            throw new SetupException($"{path}: {e.Message}");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SetupException($"JSON specification file {path} not found");
        }
    }
}
