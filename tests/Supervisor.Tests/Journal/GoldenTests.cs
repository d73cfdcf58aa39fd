using System.Text.Json;
using System.Text.Json.Nodes;
using Devoxx.Supervisor.Events;
using Devoxx.Supervisor.Journal;

namespace Devoxx.Supervisor.Tests.Journal;

/// <summary>
/// One file per version of each payload: what was once written is read for ever. With DEVOXX_WRITE_GOLDEN=1 missing files
/// are made; one that is there is never changed, once a release has had it.
/// </summary>
public sealed class GoldenTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Folder => Path.Combine(Repository.Root, "tests/Supervisor.Tests/Journal/golden");

    public static TheoryData<string> Manifests => [.. EventCatalog.Types.All.Select(type => type.Manifest)];

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Reads_what_was_once_written_and_writes_all_of_it_again(string manifest)
    {
        Assert.True(EventCatalog.Types.TryFind(manifest, out var type));
        var file = Path.Combine(Folder, manifest + ".json");
        if (!File.Exists(file))
        {
            var text = JsonNode.Parse(JsonSerializer.SerializeToUtf8Bytes(Sample.Of(type.Payload), type.Json))!.ToJsonString(Indented) + "\n";
            if (Environment.GetEnvironmentVariable("DEVOXX_WRITE_GOLDEN") != "1")
            {
                Assert.Fail($"tests/Supervisor.Tests/Journal/golden/{manifest}.json is missing. Run this test with DEVOXX_WRITE_GOLDEN=1, or put this in it:\n{text}");
            }

            File.WriteAllText(file, text);
        }

        var golden = JsonNode.Parse(File.ReadAllText(file))!;
        var read = JsonSerializer.Deserialize(golden.ToJsonString(), type.Json)!;

        // Extend only: a member that is new may be there too, none may be missing or changed.
        Includes(golden, JsonNode.Parse(JsonSerializer.SerializeToUtf8Bytes(read, type.Json))!, manifest);

        var today = type.Upgrade(read);
        if (!type.IsState)
        {
            Assert.NotNull(EventCatalog.Types.Of(today).Description(today));
            Assert.NotNull(Assert.IsAssignableFrom<IEvent>(today).Subject);
        }
    }

    [Fact]
    public void Has_no_file_of_a_payload_that_is_not_read_any_more() =>
        Assert.Empty(Directory.GetFiles(Folder).Select(Path.GetFileNameWithoutExtension).Except(EventCatalog.Types.All.Select(type => type.Manifest)));

    private static void Includes(JsonNode? expected, JsonNode? actual, string at)
    {
        switch (expected)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                {
                    Includes(value, Assert.IsType<JsonObject>(actual)[name], $"{at}.{name}");
                }

                break;
            case JsonArray items:
                Assert.Equal(items.Count, Assert.IsType<JsonArray>(actual).Count);
                for (var i = 0; i < items.Count; i++)
                {
                    Includes(items[i], actual[i], $"{at}[{i}]");
                }

                break;
            default:
                Assert.True(JsonNode.DeepEquals(expected, actual), $"{at}: {expected?.ToJsonString() ?? "null"} was read, and is written as {actual?.ToJsonString() ?? "nothing"}");
                break;
        }
    }
}
