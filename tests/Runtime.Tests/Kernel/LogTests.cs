using Devoxx.Runtime.Tests.World;

namespace Devoxx.Runtime.Tests.Kernel;

/// <summary>Logs of real containers; as root.</summary>
public sealed class LogTests
{
    [Fact]
    public void Rotates_by_size_and_loses_no_line_of_what_it_keeps()
    {
        using var bundle = new Bundle();
        var run = bundle.Start(bundle.Shell("i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done"), "--log-max-size", "40000", "--log-max-file", "3");
        Assert.Equal(0, run.Exit().ExitCode);
        string[] files = [bundle.Path + "/log.2", bundle.Path + "/log.1", bundle.Path + "/log"];
        Assert.All(files, file => Assert.InRange(new FileInfo(file).Length, 1, 40_000));
        Assert.False(File.Exists(bundle.Path + "/log.3"));
        var numbers = files.SelectMany(File.ReadLines).Select(line => int.Parse(line.Split(' ')[4])).ToArray();
        Assert.Equal(1999, numbers[^1]);
        Assert.Equal(Enumerable.Range(numbers[0], numbers.Length), numbers);
    }

    [Fact]
    public void A_single_file_starts_anew()
    {
        using var bundle = new Bundle();
        bundle.Start(bundle.Shell("yes 0123456789 | head -n 5000"), "--log-max-size", "10000", "--log-max-file", "1").Exit();
        Assert.InRange(new FileInfo(bundle.Path + "/log").Length, 1, 10_000);
        Assert.Equal([bundle.Path + "/log"], Directory.GetFiles(bundle.Path, "log*"));
    }

    [Fact]
    public void A_log_that_is_removed_is_made_again()
    {
        using var bundle = new Bundle();
        var run = bundle.Start(bundle.Shell("echo one; while [ ! -e /tmp/go ]; do sleep 0.02; done; echo two"));
        Eventually.True(() => Log.Text(bundle, "stdout").Contains("one"), "the first line is there");
        File.Delete(bundle.Path + "/log");
        File.WriteAllText($"/proc/{run.Pid}/root/tmp/go", "");
        Assert.Equal(0, run.Exit().ExitCode);
        Assert.Equal(["two"], Log.Text(bundle, "stdout"));
    }

    [Fact]
    public void A_full_disk_holds_up_nothing_and_the_loss_is_noted()
    {
        using var bundle = new Bundle();
        var (disk, ballast) = (bundle.Path + "/disk", bundle.Path + "/disk/ballast");
        Directory.CreateDirectory(disk);
        Mounting.Tmpfs(disk);
        try
        {
            File.WriteAllBytes(ballast, new byte[900_000]);

            // The log lies on the small disk: the bundle does, by way of a mount of its own.
            using var onDisk = new BundleOn(bundle, disk);
            var run = onDisk.Start("yes 0123456789 | head -n 400000; while [ ! -e /tmp/go ]; do sleep 0.02; done; echo after");
            Eventually.True(() => File.Exists(onDisk.LogPath) && new FileInfo(onDisk.LogPath).Length > 100_000, "the disk is full");
            Eventually.True(() => run.IsWaiting, "the container wrote all of its output although the disk is full");
            File.Delete(ballast);
            run.Go();
            Assert.Equal(0, run.Exit());
            var lines = File.ReadAllLines(onDisk.LogPath);
            Assert.Matches(@"stderr F devoxx-runtime: \d+ bytes of log lost, the log could not be written$", lines[^2]);
            Assert.EndsWith(" stdout F after", lines[^1]);
        }
        finally
        {
            Mounting.Unmount(disk);
        }
    }

    [Fact]
    public void A_disk_that_stays_full_still_takes_the_exit_record()
    {
        using var bundle = new Bundle();
        var disk = bundle.Path + "/disk";
        Directory.CreateDirectory(disk);
        Mounting.Tmpfs(disk);
        try
        {
            using var onDisk = new BundleOn(bundle, disk);
            onDisk.Start("yes 0123456789 | head -n 400000; exit 3");
            Assert.Equal(0, onDisk.Exit());
            Assert.Contains("\"exitCode\":3", File.ReadAllText(disk + "/exit.json"));
        }
        finally
        {
            Mounting.Unmount(disk);
        }
    }

    [Fact]
    public void Without_a_log_output_goes_nowhere()
    {
        using var bundle = new Bundle();
        Assert.Equal(0, bundle.Start(bundle.Shell("echo gone; readlink /proc/self/fd/1 >&2"), "--log-driver", "none").Exit().ExitCode);
        Assert.False(File.Exists(bundle.Path + "/log"));
    }

    [Fact]
    public void Fifty_megabytes_of_short_lines_are_all_there()
    {
        using var bundle = new Bundle();
        const int Lines = 500_000;
        var line = new string('x', 99);
        bundle.Start(bundle.Shell($"yes {line} | head -n {Lines}")).Exit();
        var text = Log.Text(bundle, "stdout");
        Assert.Equal(Lines, text.Count);
        Assert.All(text, each => Assert.Equal(line, each));
    }
}
