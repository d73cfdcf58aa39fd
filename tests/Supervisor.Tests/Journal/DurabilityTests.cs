using System.Diagnostics;
using Devoxx.Supervisor.Journal;

namespace Devoxx.Supervisor.Tests.Journal;

/// <summary>A process that writes and says which writes were acknowledged is killed; they must all be there.</summary>
public sealed class DurabilityTests
{
    private const string WriteTo = "DEVOXX_TEST_WRITE_TO";
    private const int Actors = 8;

    [Fact]
    public async Task Keeps_every_acknowledged_write_when_the_process_is_killed()
    {
        // In the process that is to be killed, which runs this same test.
        if (Environment.GetEnvironmentVariable(WriteTo) is { } path)
        {
            await Write(path);
        }

        using var directory = new TemporaryDirectory();
        foreach (var afterWrites in (int[])[1, 200, 3000])
        {
            await KillAndCount(directory[$"journal-{afterWrites}.db"], afterWrites);
        }
    }

    private static async Task KillAndCount(string path, int afterWrites)
    {
        var acknowledged = new long[Actors];
        using (var writer = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["--filter-method", $"*.{nameof(Keeps_every_acknowledged_write_when_the_process_is_killed)}"])
        {
            Environment = { [WriteTo] = path },
            RedirectStandardOutput = true,
        })!)
        {
            for (var i = 0; i < afterWrites;)
            {
                var line = await writer.StandardOutput.ReadLineAsync();
                Assert.NotNull(line);
                i += Acknowledge(line) ? 1 : 0;
            }

            writer.Kill();
            while (await writer.StandardOutput.ReadLineAsync() is { } line)
            {
                Acknowledge(line);
            }

            await writer.WaitForExitAsync();
        }

        using var database = JournalDatabase.Open(path);
        Assert.True(database.WasUnclean);
        for (var actor = 0; actor < Actors; actor++)
        {
            var numbers = await database.ReadAsync(statements =>
            {
                var found = new List<long>();
                statements.Events($"actor-{actor}", 1, long.MaxValue, long.MaxValue, (row, _) => found.Add(row.SequenceNr));
                return found;
            });
            Assert.InRange(numbers.Count, acknowledged[actor], long.MaxValue);
            Assert.Equal(Enumerable.Range(1, numbers.Count).Select(i => (long)i), numbers);
        }

        // Other lines are the test runner's; the last may be torn by the kill.
        bool Acknowledge(string line)
        {
            if (line.Split(' ') is not ["ack", var actor, var number, "."])
            {
                return false;
            }

            acknowledged[int.Parse(actor)] = long.Parse(number);
            return true;
        }
    }

    private static async Task Write(string path)
    {
        var database = JournalDatabase.Open(path);
        var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        await Task.WhenAll(Enumerable.Range(0, Actors).Select(async actor =>
        {
            for (var number = 1L; ; number++)
            {
                var row = new EventRow($"actor-{actor}", number, "test.noted.v1", 0, new byte[100], null, 7301);
                await database.Writer.WriteAsync(statements =>
                {
                    statements.InsertEvent(row);
                    return 0;
                });
                lock (output)
                {
                    output.WriteLine($"ack {actor} {number} .");
                }
            }
        }));
    }
}
