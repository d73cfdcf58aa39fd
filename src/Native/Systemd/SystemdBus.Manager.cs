using System.Diagnostics;
using System.Text;

namespace Devoxx.Native.Systemd;

/// <summary>The methods of the manager (org.freedesktop.systemd1(5), "The Manager Object") that this program has a use for.</summary>
public sealed partial class SystemdBus
{
    private const string ManagerPath = "/org/freedesktop/systemd1";
    private const string ManagerInterface = "org.freedesktop.systemd1.Manager";

    /// <summary>Reads unit files again; all of them, which may take a while.</summary>
    public void Reload() => Call(TimeSpan.FromSeconds(90), ManagerPath, ManagerInterface, "Reload");

    /// <summary>Enqueues the start; returns its job.</summary>
    public string Start(string unit) => CallManager("StartUnit", DBusValue.Text(unit), DBusValue.Text("replace")).ReadText();

    /// <summary>Enqueues the stop; returns its job.</summary>
    public string Stop(string unit) => CallManager("StopUnit", DBusValue.Text(unit), DBusValue.Text("replace")).ReadText();

    /// <summary>Makes a unit that has no file, and enqueues its start; returns the job.</summary>
    public string StartTransient(string unit, IEnumerable<UnitProperty> properties) => CallManager(
        "StartTransientUnit", DBusValue.Text(unit), DBusValue.Text("replace"), DBusValue.Properties(properties), DBusValue.Array("(sa(sv))")).ReadText();

    /// <summary>Changes properties of a unit for as long as it runs.</summary>
    public void SetProperties(string unit, IEnumerable<UnitProperty> properties) =>
        CallManager("SetUnitProperties", DBusValue.Text(unit), DBusValue.Boolean(true), DBusValue.Properties(properties));

    /// <summary>Forgets that a unit has failed; one that only was kept for that goes.</summary>
    public void ResetFailed(string unit) => CallManager("ResetFailedUnit", DBusValue.Text(unit));

    /// <summary>Waits until a job is no more. Its result: <c>done</c>, <c>canceled</c>, <c>timeout</c>, <c>failed</c>, <c>dependency</c> or <c>skipped</c>.</summary>
    /// <exception cref="SystemdException">It takes longer.</exception>
    public string AwaitJob(string job, TimeSpan patience)
    {
        var clock = Stopwatch.StartNew();
        while (!_ended.ContainsKey(job))
        {
            var left = patience - clock.Elapsed;
            ReceiveMessage(left > TimeSpan.Zero ? left : TimeSpan.Zero, $"the end of {job}");
        }

        return _ended[job];
    }

    /// <summary>Where a unit's processes are: a path below the hierarchies; empty when it has none now.</summary>
    /// <param name="kind">Of the unit, as its interface is named: <c>Scope</c>.</param>
    public string ControlGroupOf(string unit, string kind) => Property($"{ManagerPath}/unit/{Escape(unit)}", $"org.freedesktop.systemd1.{kind}", "ControlGroup");

    /// <summary>As in <c>252 (252.39-1~deb12u1)</c>: of the number at the beginning; 0 when it cannot be told.</summary>
    public int ReadVersion()
    {
        var text = Property(ManagerPath, ManagerInterface, "Version").TrimStart('v', 's', 'y', 't', 'e', 'm', 'd', ' ');
        var end = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? text : text[..end], out var version) ? version : 0;
    }

    /// <summary>The manager's <c>SystemState</c>: <c>running</c>, <c>degraded</c>, <c>stopping</c> …</summary>
    public string ReadState() => Property(ManagerPath, ManagerInterface, "SystemState");

    /// <summary>A name as part of an object path, which has letters, digits and <c>_</c> only (sd_bus_path_encode(3)).</summary>
    internal static string Escape(string name)
    {
        var escaped = new StringBuilder();
        foreach (var letter in Encoding.UTF8.GetBytes(name))
        {
            var plain = char.IsAsciiLetter((char)letter) || (char.IsAsciiDigit((char)letter) && escaped.Length > 0);
            _ = plain ? escaped.Append((char)letter) : escaped.Append($"_{letter:x2}");
        }

        return escaped.Length == 0 ? "_" : escaped.ToString();
    }

    private string Property(string path, string @interface, string name) => Call(
        Patience, path, "org.freedesktop.DBus.Properties", "Get", DBusValue.Text(@interface), DBusValue.Text(name)).ReadVariantText();

    private DBusReader CallManager(string member, params ReadOnlySpan<DBusValue> arguments) => Call(Patience, ManagerPath, ManagerInterface, member, arguments);
}
