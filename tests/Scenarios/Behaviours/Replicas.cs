using System.Text.Json;
using Devoxx.Scenarios.World;

namespace Devoxx.Scenarios.Behaviours;

/// <summary>What these scenarios ask of <c>ps</c>.</summary>
internal static class Replicas
{
    /// <summary>The id of every container, by name.</summary>
    public static async Task<SortedDictionary<string, string>> Ids(this Sandbox sandbox) =>
        new((await sandbox.Containers()).SelectMany(service => service).ToDictionary(Name, c => c.GetProperty("ID").GetString()!));

    /// <summary>The state of every container, by name.</summary>
    public static async Task<SortedDictionary<string, string>> States(this Sandbox sandbox) =>
        new((await sandbox.Containers()).SelectMany(service => service).ToDictionary(Name, c => c.GetProperty("State").GetString()!));

    public static string Name(JsonElement container) => container.GetProperty("Name").GetString()!;
}
