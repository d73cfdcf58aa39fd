using System.Diagnostics;
using Devoxx.Native.Mounts;
using Devoxx.Native.Processes;
using Devoxx.Scenarios.Recovery;
using Devoxx.Scenarios.World;
using Devoxx.Supervisor.Containers;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Devoxx.Scenarios;

/// <summary>A journal that cannot be written, or not be read: what people are told, what is mended, and that containers run on meanwhile.</summary>
public sealed class JournalScenario
{
    private const string Stack = """
        name: kept
        services:
          one: {image: busybox:1.36, init: true, command: sleep 1000000, restart: unless-stopped, volumes: ["data:/data"]}
          two: {image: busybox:1.36, init: true, command: sleep 1000000}
        volumes:
          data: {}
        """;

    [Fact]
    public async Task A_full_disk_is_told_containers_run_on_and_with_room_it_goes_on()
    {
        await using var sandbox = await Sandbox.Create(first =>
        {
            Directory.CreateDirectory(first.Root);
            Mount.Make("tmpfs", first.Root, "tmpfs", 0, "size=12m,mode=700");
        });
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var running = Containers(sandbox);
        Fill(sandbox.Root + "/ballast");

        // Whatever has to be noted cannot be: refused, by name.
        var refused = await sandbox.Compose("restart", "-t", "3");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("no space left", refused.Error + File.ReadAllText(sandbox.RunDirectory + "/supervisor.log"), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(running, Containers(sandbox));

        File.Delete(sandbox.Root + "/ballast");
        (await sandbox.Compose("restart", "-t", "3")).Succeeded();
        var journal = new JournalModel(sandbox.Root + "/journal.db");
        AssertEqualButForTheRoot(sandbox, journal);
        Assert.DoesNotContain(Containers(sandbox), running.Contains);
        (await sandbox.Compose("journal", "check")).Succeeded();
        (await sandbox.Compose("down", "-v", "-t", "3")).Succeeded();
    }

    [Fact]
    public async Task A_read_only_disk_is_told_and_containers_run_on()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();
        var running = Containers(sandbox);
        await Sandbox.Kill([sandbox.Supervisor()]);

        // What only reads is answered; what would have to be noted is refused, by name.
        sandbox.Prelude = $"mount --bind {sandbox.Root} {sandbox.Root} && mount -o remount,bind,ro {sandbox.Root}";
        Assert.Equal(2, (await sandbox.Compose("ps", "-q")).Succeeded().Lines.Count);
        var refused = await sandbox.Compose("restart", "-t", "3");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("read-only", refused.Error + File.ReadAllText(sandbox.RunDirectory + "/supervisor.log"));
        Assert.Equal(running, Containers(sandbox));
        await Sandbox.Kill(sandbox.Processes().Where(process => process.Role == "supervisor"));

        sandbox.Prelude = null;
        (await sandbox.Compose("ps")).Succeeded();
        await KernelComparison.AssertEqual(sandbox, new JournalModel(sandbox.Root + "/journal.db"), "when it can be written again");
        Assert.Equal(running, Containers(sandbox));
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task Grows_no_further_than_snapshots_and_retention_let_it_and_says_what_it_drops()
    {
        await using var sandbox = await Sandbox.Create();
        await Sandbox.Kill([sandbox.Supervisor()]);
        sandbox.Write(Stack);
        // A snapshot every five events; what is older than some two seconds and needed by nobody goes, about as often.
        sandbox.Variables["DEVOXX_JOURNAL_SNAPSHOT_EVERY"] = "5";
        sandbox.Variables["DEVOXX_JOURNAL_DAYS"] = "0.00002";
        (await sandbox.Compose("up", "-d")).Succeeded();
        var (written, most) = (0L, 0L);
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(12);)
        {
            (await sandbox.Compose("restart", "-t", "3")).Succeeded();
            written = Count(sandbox, "max(ordering)");
            most = Math.Max(most, Count(sandbox, "count(*)"));
        }

        Console.WriteLine($"journal: {written} events written, {most} kept at the most");
        Assert.InRange(most, 1, written * 2 / 3);
        Assert.Matches("journal: dropped [1-9][0-9]* events", File.ReadAllText(sandbox.RunDirectory + "/supervisor.log"));
        var running = Containers(sandbox);
        await Sandbox.Kill([sandbox.Supervisor()]);
        (await sandbox.Compose("supervisor", "settle")).Succeeded();
        Assert.Equal(running, Containers(sandbox));
        (await sandbox.Compose("journal", "check")).Succeeded();
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task A_damaged_journal_is_refused_repaired_and_gone_on_with_while_containers_run_on()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d")).Succeeded();
        // Enough of a history that damage hits some of it, and not all.
        for (var round = 0; round < 6; round++)
        {
            (await sandbox.Compose("restart", "-t", "3", "two")).Succeeded();
        }

        await File.WriteAllTextAsync(sandbox.Root + "/volumes/kept_data/_data/precious", "data");
        (await sandbox.Compose("journal", "backup", sandbox.Directory + "/backup.db")).Succeeded();
        var running = Containers(sandbox);
        await Leave(sandbox);
        Damage(sandbox.Root + "/journal.db");

        // Found when it is read, or by the check after an unclean end: either way nobody goes on with half of it.
        var refused = await sandbox.Compose("up", "-d");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("journal repair", refused.Error + File.ReadAllText(sandbox.RunDirectory + "/supervisor.log"));
        Assert.Equal(running, Containers(sandbox));
        Assert.Contains("not sound", (await sandbox.Compose("journal", "check")).FailedWith(1).Out);

        // Repaired, it says what it did; what runs and is known is adopted, and made anew it is whole again.
        var repaired = (await sandbox.Compose("journal", "repair")).Succeeded();
        Assert.Contains("events kept; the damaged journal is now", repaired.Out);
        Assert.Equal(running, Containers(sandbox));
        (await sandbox.Compose("journal", "check")).Succeeded();
        (await sandbox.Compose("up", "-d", "--force-recreate", "-t", "3")).Succeeded();
        Assert.Equal(running.Count, Containers(sandbox).Count);
        Assert.Equal("data", await File.ReadAllTextAsync(sandbox.Root + "/volumes/kept_data/_data/precious"));

        // And a backup stands in the place of a journal.
        await Leave(sandbox);
        foreach (var file in Directory.GetFiles(sandbox.Root, "journal.db*"))
        {
            File.Delete(file);
        }

        File.Copy(sandbox.Directory + "/backup.db", sandbox.Root + "/journal.db");
        (await sandbox.Compose("ps", "-a")).Succeeded();
        // It knows containers that have been replaced since, of which nothing is left.
        (await sandbox.Compose("up", "-d", "--force-recreate", "-t", "3")).Succeeded();
        Assert.Equal(running.Count, Containers(sandbox).Count);
        Assert.Equal("data", await File.ReadAllTextAsync(sandbox.Root + "/volumes/kept_data/_data/precious"));
        await sandbox.AssertNothingLeft();
    }

    [Fact]
    public async Task A_power_cut_that_tore_the_journal_s_tail_is_recovered_from()
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d", "one")).Succeeded();
        await Leave(sandbox);
        (await sandbox.Compose("up", "-d", "--scale", "two=3")).Succeeded();
        await RebootScenario.Shutdown(sandbox);
        var log = new FileInfo(sandbox.Root + "/journal.db-wal");
        Assert.InRange(log.Length, 20_000, long.MaxValue);
        using (var torn = log.Open(FileMode.Open, FileAccess.Write))
        {
            // In the middle of a page: as a power cut may leave it.
            torn.SetLength(log.Length * 2 / 3 + 100);
        }

        sandbox.BootId = Guid.NewGuid().ToString();
        (await sandbox.Compose("ps", "-a")).Succeeded();
        var journal = new JournalModel(sandbox.Root + "/journal.db");
        await KernelComparison.AssertEqual(sandbox, journal, "after the tail was lost");
        var events = journal.Events;
        await Sandbox.Kill([sandbox.Supervisor()]);
        (await sandbox.Compose("ps", "-a")).Succeeded();
        await KernelComparison.AssertEqual(sandbox, journal, "the second recovery");
        Assert.Equal(events, journal.Events);

        (await sandbox.Compose("up", "-d", "--scale", "two=3")).Succeeded();
        await KernelComparison.AssertEqual(sandbox, journal, "up again");
        Assert.Equal(4, journal.Containers.Count(c => c.State.Phase == ContainerPhase.Running));
        await sandbox.AssertNothingLeft();
    }

    [Theory]
    [InlineData("PRAGMA user_version = 99", "written by a newer devoxx-compose (schema 99")]
    [InlineData("PRAGMA user_version = 0", "schema 0 is not one that this devoxx-compose knows")]
    [InlineData("PRAGMA application_id = 7", "is a SQLite database of another program")]
    public async Task Another_version_is_refused_and_left_as_it_is(string change, string message)
    {
        await using var sandbox = await Sandbox.Create();
        sandbox.Write(Stack);
        (await sandbox.Compose("up", "-d", "two")).Succeeded();
        var running = Containers(sandbox);
        await Leave(sandbox);
        Execute(sandbox, change);
        var before = File.ReadAllBytes(sandbox.Root + "/journal.db");

        foreach (var command in (string[][])[["up", "-d"], ["down"], ["ps"], ["events", "-a"]])
        {
            var refused = await sandbox.Compose(command);
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains(message, refused.Error);
        }

        Assert.Equal(before, File.ReadAllBytes(sandbox.Root + "/journal.db"));
        Assert.Equal(running, Containers(sandbox));
        Execute(sandbox, "PRAGMA user_version = 1");
        Execute(sandbox, "PRAGMA application_id = " + 0x6476786A);
        (await sandbox.Compose("ps")).Succeeded();
        Assert.Equal(running, Containers(sandbox));
        await sandbox.AssertNothingLeft();
    }

    /// <summary>The processes of containers, by pid and start: the same as before, or others.</summary>
    private static List<ProcessIdentity> Containers(Sandbox sandbox) =>
        [.. sandbox.Processes().Where(process => process.Role == "container").Select(process => ProcessIdentity.Of(process.Pid)).OfType<ProcessIdentity>().OrderBy(p => p.Pid)];

    /// <summary>The supervisor leaves in order: the journal is closed, and all in one file.</summary>
    private static async Task Leave(Sandbox sandbox)
    {
        using var supervisor = PidFd.Open(sandbox.Supervisor().Pid);
        using var reactor = new Reactor();
        supervisor.SendSignal(Signal.Term);
        await reactor.WhenReadable(supervisor).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.False(File.Exists(sandbox.Root + "/journal.db-wal"));
    }

    private static long Count(Sandbox sandbox, string what)
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = sandbox.Root + "/journal.db", Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {what} FROM event_journal";
        return (long)command.ExecuteScalar()!;
    }

    private static void Execute(Sandbox sandbox, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = sandbox.Root + "/journal.db", Pooling = false }.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    // Two pages in the middle of the file, which hold events.
    private static void Damage(string path)
    {
        const int PageSize = 4096;
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        var random = new Random(7);
        var junk = new byte[PageSize];
        var pages = file.Length / PageSize;
        foreach (var page in (long[])[pages / 2, pages / 2 + 2])
        {
            random.NextBytes(junk);
            file.Seek(page * PageSize, SeekOrigin.Begin);
            file.Write(junk);
        }
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[64 * 1024];
        foreach (var size in (int[])[block.Length, 4096])
        {
            try
            {
                while (true)
                {
                    file.Write(block, 0, size);
                }
            }
            catch (IOException)
            {
                // Full, in blocks of this size.
            }
        }
    }

    // The state root is a mount itself here, which the comparison would call left over.
    private static void AssertEqualButForTheRoot(Sandbox sandbox, JournalModel journal) =>
        Assert.DoesNotContain(KernelComparison.Differences(sandbox, journal.Update()), difference => difference != $"mounts: left over {sandbox.Root}");
}
