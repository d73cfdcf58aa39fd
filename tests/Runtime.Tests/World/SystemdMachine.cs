using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Devoxx.Native.Cgroups;

namespace Devoxx.Runtime.Tests.World;

/// <summary>
/// A real systemd as process 1 of namespaces of its own, with cgroups of its own in whatever hierarchies the host has, started for these tests and gone after them.
/// </summary>
public class SystemdMachine : IDisposable
{
    // Into cgroups of the machine's own, which its cgroup namespace then has for roots, and where nobody else may be (cgroups(7), "no internal processes"). A host without systemd's own hierarchy of version 1 gets one.
    private const string Outside = """
        set -e
        staged=$3
        exec >$staged/log 2>&1
        grep -q ' - cgroup cgroup .*name=systemd' /proc/self/mountinfo || ! grep -q ' - cgroup ' /proc/self/mountinfo || {
            mkdir $staged/systemd && mount -t cgroup -o none,name=systemd cgroup $staged/systemd
        }
        for hierarchy in $(sed -n 's/^[^ ]* [^ ]* [^ ]* \/ \([^ ]*\) .* - cgroup2\{0,1\} .*/\1/p' /proc/self/mountinfo); do
            [ ! -e $hierarchy/cgroup.subtree_control ] || for controller in $(cat $hierarchy/cgroup.controllers); do echo +$controller >$hierarchy/cgroup.subtree_control; done
            mkdir -p $hierarchy/$1
            [ -e $hierarchy/cgroup.subtree_control ] || [ ! -e $hierarchy/cpuset.cpus ] || for file in cpuset.cpus cpuset.mems; do cat $hierarchy/$file >$hierarchy/$1/$file; done
            echo 0 >$hierarchy/$1/cgroup.procs
        done
        exec unshare --cgroup --mount --uts --ipc --net --propagation private sh -c "$2" machine $3 $4
        """;

    // Units are those of the directory only: nothing of the host's starts.
    private const string Inside = """
        set -e
        sed -n 's/^[^ ]* [^ ]* [^ ]* [^ ]* \(\/sys\/fs\/cgroup[^ ]*\) .* - \(cgroup2\{0,1\}\) [^ ]* \(.*\)/\2 \1 \3/p' /proc/self/mountinfo >$1/mounts
        grep -q name=systemd $1/mounts || ! grep -q '^cgroup ' $1/mounts || echo cgroup /sys/fs/cgroup/systemd rw,name=systemd >>$1/mounts
        mount -t tmpfs tmpfs /run
        umount -R /sys/fs/cgroup
        if grep -q '^cgroup ' $1/mounts; then
            mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
            while read -r type point options; do
                [ ! -e $point ] && [ "$type $2" != 'cgroup2 legacy' ] || continue
                mkdir -p $point
                case $options in *name=*) options=none,name=${options##*name=} ;; *) options=${options#rw,} ;; esac
                [ $type = cgroup2 ] && mount -t cgroup2 cgroup2 $point || mount -t cgroup -o $options cgroup $point
            done <$1/mounts
        else
            mount -t cgroup2 cgroup2 /sys/fs/cgroup
        fi
        mkdir /run/units
        printf '[Unit]\nDefaultDependencies=no\n' >/run/units/tests.target
        ulimit -c 0
        systemd=/usr/lib/systemd/systemd
        [ -x $systemd ] || systemd=/lib/systemd/systemd
        exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=devoxx SYSTEMD_UNIT_PATH=/run/systemd/system.control:/run/systemd/transient:/run/units NOTIFY_SOCKET=$1/notify ${2:+SYSTEMD_PROC_CMDLINE=systemd.legacy_systemd_cgroup_controller} \
            $systemd --system --unit=tests.target --log-target=console --log-level=notice --show-status=no
        """;

    private readonly string _name = $"devoxx-systemd-{Guid.NewGuid():n}"[..24];
    private readonly string _staged;
    private readonly Process _outside;
    private readonly int _pid;

    public SystemdMachine()
        : this(isLegacy: false)
    {
    }

    /// <param name="isLegacy">It is to see version 1 only, on a host that has both.</param>
    protected SystemdMachine(bool isLegacy)
    {
        _staged = System.IO.Path.Join(Published.Scratch, _name);
        Directory.CreateDirectory(_staged);
        using var notify = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        notify.Bind(new UnixDomainSocketEndPoint(_staged + "/notify"));
        notify.ReceiveTimeout = 120_000;
        _outside = Process.Start("unshare", ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", Outside, "machine", _name, Inside, _staged, isLegacy ? "legacy" : ""]);
        try
        {
            AwaitReady(notify);
            _pid = int.Parse(File.ReadAllText($"/proc/{_outside.Id}/task/{_outside.Id}/children"));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Runs a program in the machine; the host's files are there too.</summary>
    public Command Run(params string[] command) => Command.Run("nsenter", [.. Enter, .. command]);

    /// <summary>As <see cref="Bundle.Detached"/>.</summary>
    public Command Detached(Bundle bundle, params string[] arguments) => DetachedWith(bundle, [], arguments);

    /// <param name="environment">Entries <c>NAME=value</c>.</param>
    public Command DetachedWith(Bundle bundle, string[] environment, params string[] arguments)
    {
        var log = bundle.Path + "/runtime.log";
        File.Delete(log);
        using var process = Native.Processes.Spawn.Start(
            "/usr/bin/nsenter", ["nsenter", .. Enter, Published.Executable, "--root", bundle.Root, "--log", log, "--systemd-cgroup", .. arguments], ["PATH=/usr/bin:/bin", .. environment]);
        var exit = process.PidFd.Reap().ExitCode;
        return new Command(exit, "", File.Exists(log) ? File.ReadAllText(log) : "");
    }

    public Command Runtime(Bundle bundle, params string[] arguments) => Run([Published.Executable, "--root", bundle.Root, "--systemd-cgroup", .. arguments]);

    /// <summary>What <c>systemctl show</c> says of a unit, by property.</summary>
    public string Show(string unit, string property) => Run("systemctl", "show", "--property", property, "--value", unit).Succeeded().Output.Trim();

    /// <summary>Every unit that systemd knows, failed ones too.</summary>
    public string Units() => Run("systemctl", "list-units", "--all", "--plain", "--no-legend", "--no-pager").Succeeded().Output;

    /// <summary>Directories of a cgroup of the machine, in all hierarchies, as the host sees them.</summary>
    public IEnumerable<string> CgroupDirectories(string path) =>
        Directory.GetDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup").Select(hierarchy => $"{hierarchy}/{_name}{path}").Where(Directory.Exists);

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _outside.Kill();
        _outside.WaitForExit();
        _outside.Dispose();
        if (Cgroup.OpenExisting(CgroupHost.Detect(), "/" + _name) is { } cgroup)
        {
            cgroup.Kill();
            cgroup.Remove();
        }

        Cgroup.RemoveUnused(CgroupHost.Detect(), "/" + _name);
    }

    private string[] Enter => ["--target", _pid.ToString(), "--mount", "--pid", "--cgroup", "--net", "--ipc", "--uts"];

    private void AwaitReady(Socket notify)
    {
        var buffer = new byte[4096];
        try
        {
            while (!Encoding.UTF8.GetString(buffer, 0, notify.Receive(buffer)).Contains("READY=1"))
            {
            }
        }
        catch (SocketException)
        {
            throw new InvalidOperationException($"systemd has not started: {(File.Exists(_staged + "/log") ? File.ReadAllText(_staged + "/log") : "it said nothing")}");
        }
    }
}
