using System.Text.Json;
using Devoxx.Oci;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Containers;

/// <summary>The directory with <c>config.json</c>.</summary>
internal static class Bundle
{
    /// <param name="config">Another file than <c>config.json</c>, relative to the directory.</param>
    public static RuntimeSpec Read(string directory, string? config = null) => Parse(ReadBytes(directory, config), directory);

    public static RuntimeSpec Parse(byte[] utf8, string directory)
    {
        try
        {
            return Checked(RuntimeSpecReader.ReadSpec(utf8), directory);
        }
        catch (JsonException e)
        {
            throw new SetupException($"{directory}/config.json: {e.Message}");
        }
    }

    /// <summary>Of version 1 of the specification, which is all that there is: <c>1.0.2-dev</c>, <c>1.3.0</c>.</summary>
    private static RuntimeSpec Checked(RuntimeSpec spec, string directory)
    {
        var numbers = spec.OciVersion.Split('-', '+')[0].Split('.');
        return numbers is ["1", _, _] && numbers.All(number => number.Length > 0 && number.All(char.IsAsciiDigit)) ? spec
            : throw new SetupException($"{directory}/config.json: ociVersion '{spec.OciVersion}' is no version 1 of the specification, such as {StateFile.OciVersion}");
    }

    public static byte[] ReadBytes(string directory, string? config = null)
    {
        var path = Path.Combine(directory, config ?? "config.json");
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
