namespace Devoxx.Native.Cgroups;

/// <summary>
/// What a list of rules comes to: everything is allowed or nothing is, with exceptions. The same that version 1 makes of the rules
/// written to devices.allow and devices.deny one after the other (security/device_cgroup.c), so that both versions decide alike.
/// </summary>
public sealed class DeviceExceptions
{
    private readonly List<DeviceRule> exceptions = [];

    public DeviceExceptions(IEnumerable<DeviceRule> rules)
    {
        foreach (var rule in rules)
        {
            if (rule.Type == 'a')
            {
                AllowByDefault = rule.Allow;
                exceptions.Clear();
                continue;
            }

            var at = exceptions.FindIndex(known => (known.Type, known.Major, known.Minor) == (rule.Type, rule.Major, rule.Minor));
            var before = at < 0 ? "" : exceptions[at].Access;
            // A rule against the default widens an exception, one with the default narrows it.
            var access = string.Concat("rwm".Where(letter => rule.Allow != AllowByDefault
                ? before.Contains(letter) || rule.Access.Contains(letter)
                : before.Contains(letter) && !rule.Access.Contains(letter)));
            if (at >= 0)
            {
                exceptions.RemoveAt(at);
            }

            if (access.Length > 0)
            {
                exceptions.Add(rule with { Allow = !AllowByDefault, Access = access });
            }
        }
    }

    /// <summary>A new cgroup allows everything.</summary>
    public bool AllowByDefault { get; private set; } = true;

    public IReadOnlyList<DeviceRule> Exceptions => exceptions;
}
