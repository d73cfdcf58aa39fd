using System.Xml.Linq;
using Xunit;

namespace Devoxx.Orchestrator.Tests;

/// <summary>Who may call whom: the table in docs/architecture.md.</summary>
public sealed class RoomsTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Oci"] = [],
        ["Native"] = [],
        ["Compose"] = [],
        ["Images"] = ["Oci", "Native"],
        ["Runtime"] = ["Oci", "Native"],
        ["Supervisor"] = ["Compose", "Images", "Oci", "Native"],
        ["Orchestrator"] = ["Supervisor", "Compose", "Native"],
    };

    public static TheoryData<string> Rooms => [.. Allowed.Keys];

    [Fact]
    public void Every_room_is_in_the_table() =>
        Assert.Equal(Allowed.Keys.Order(), Directory.GetDirectories(Source).Select(Path.GetFileName).Order()!);

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_references_the_rooms_of_the_table(string room)
    {
        var references = XDocument.Load($"{Source}/{room}/{room}.csproj").Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

        Assert.Equal(Allowed[room].Order(), references.Order());
    }

    /// <summary>A reference that another brings along does not count as allowed.</summary>
    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_uses_only_the_rooms_of_the_table(string room)
    {
        var used = Sources(room).SelectMany(file => File.ReadLines(file).Where(line => line.StartsWith("using ", StringComparison.Ordinal)))
            .Select(line => line.Split(' ', '=', ';').FirstOrDefault(word => word.StartsWith("Devoxx.", StringComparison.Ordinal)))
            .OfType<string>().Select(name => name.Split('.')[1]).Distinct();

        Assert.Empty(used.Except([.. Allowed[room], room]));
    }

    [Fact]
    public void Only_the_supervisor_knows_akka()
    {
        var knowing = Allowed.Keys.Where(room => Sources(room).Any(file => File.ReadLines(file).Any(line => line.StartsWith("using Akka", StringComparison.Ordinal))));

        Assert.Equal(["Supervisor"], knowing);
    }

    private static string Source { get; } = Find();

    private static IEnumerable<string> Sources(string room) =>
        Directory.EnumerateFiles($"{Source}/{room}", "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/") && !file.Contains("/bin/"));

    private static string Find()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (File.Exists(directory + "/devoxx-compose.slnx"))
            {
                return directory + "/src";
            }
        }

        throw new DirectoryNotFoundException($"no clone of the project above {AppContext.BaseDirectory}");
    }
}
