using System.Collections.Immutable;
using System.Globalization;
using Devoxx.Compose;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Planning;

/// <summary>From a service's devices and device_cgroup_rules to nodes and rights. Pure.</summary>
internal static class ServiceDevices
{
    /// <exception cref="FormatException">A device cannot be given; the message says which, and why.</exception>
    public static ImmutableArray<DeviceSpec> Nodes(Service service) => [.. service.Devices.Select(Node)];

    /// <summary>In the order of the file: <c>PATH ACCESS</c> for a node, whose numbers are read when the cgroup is made; <c>c 1:3 rwm</c> as it is. Null: none.</summary>
    /// <exception cref="FormatException">A rule is none.</exception>
    public static ImmutableArray<string>? Rules(Service service)
    {
        ImmutableArray<string> rules =
        [
            .. service.Devices.Select(device => $"{Node(device).Source} {(string.IsNullOrEmpty(device.Permissions) ? "rwm" : Access(device.Permissions))}"),
            .. service.DeviceCgroupRules.Select(Rule),
        ];
        return rules.IsEmpty ? null : rules;
    }

    private static DeviceSpec Node(DeviceMapping device)
    {
        var source = device.Source ?? throw new FormatException("a device has no source");
        if (!source.StartsWith('/'))
        {
            throw new FormatException($"device {source} is not a path; devices that a vendor describes (CDI) are not supported");
        }

        return new DeviceSpec(source, string.IsNullOrEmpty(device.Target) ? source : device.Target);
    }

    private static string Access(string text) =>
        text.Length <= 3 && text.All(c => c is 'r' or 'w' or 'm') && text.Distinct().Count() == text.Length
            ? text
            : throw new FormatException($"device permissions {text} are not of r, w and m");

    private static string Rule(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is [("a" or "b" or "c") and var type, var numbers, var access] && numbers.Split(':') is [var major, var minor] && IsNumber(major) && IsNumber(minor))
        {
            return $"{type} {numbers} {Access(access)}";
        }

        throw new FormatException($"device_cgroup_rules: {text} is no rule; say e.g. `c 1:3 rwm` or `b 8:* r`");
    }

    private static bool IsNumber(string text) => text == "*" || uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
