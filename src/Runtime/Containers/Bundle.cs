using System.Text.Json;
using Devoxx.Oci;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Containers;

/// <summary>The directory with <c>config.json</c>.</summary>
internal static class Bundle
{
    public static RuntimeSpec Read(string directory) => Parse(ReadBytes(directory), directory);

    public static RuntimeSpec Parse(byte[] utf8, string directory)
    {
        try
        {
            return RuntimeSpecReader.ReadSpec(utf8);
        }
        catch (JsonException e)
        {
            throw new SetupException($"{directory}/config.json: {e.Message}");
        }
    }

    public static byte[] ReadBytes(string directory)
    {
        var path = Path.Combine(directory, "config.json");
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SetupException($"JSON specification file {path} not found");
        }
    }
}
