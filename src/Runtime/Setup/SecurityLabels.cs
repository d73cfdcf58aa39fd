using Devoxx.Oci;

namespace Devoxx.Runtime.Setup;

/// <summary>
/// The AppArmor profile and SELinux label that the command is executed under (runtime-spec, "Linux Process"). They are written just before execve, through a
/// descriptor of the host's procfs that is opened before the root is entered: nothing of the container can redirect the write (CVE-2019-16884).
/// </summary>
internal sealed class SecurityLabels
{
    private readonly KernelSettings _settings;
    private readonly string? _profile;
    private readonly string? _label;

    private SecurityLabels(KernelSettings settings, string? profile, string? label) => (_settings, _profile, _label) = (settings, profile, label);

    /// <summary>Null when the process asks for none. What this host cannot do is refused by name.</summary>
    public static SecurityLabels? Open(OperationList operations, Process process, string? mountLabel)
    {
        var profile = process.ApparmorProfile is { Length: > 0 } and not "unconfined" ? process.ApparmorProfile : null;
        var label = process.SelinuxLabel is { Length: > 0 } ? process.SelinuxLabel : null;
        if (profile is not null && !HasAppArmor())
        {
            throw new SetupException($"process.apparmorProfile '{profile}' is asked for, and this host has no AppArmor");
        }

        if ((label ?? (mountLabel is { Length: > 0 } ? mountLabel : null)) is { } asked && !HasSelinux())
        {
            throw new SetupException($"the SELinux label '{asked}' is asked for, and this host has no SELinux");
        }

        return profile is null && label is null ? null : new SecurityLabels(new KernelSettings(operations), profile, label);
    }

    public void Apply()
    {
        if (_profile is not null)
        {
            _settings.SetExecProfile(_profile);
        }

        if (_label is not null)
        {
            _settings.SetExecLabel(_label);
        }
    }

    private static bool HasAppArmor()
    {
        const string Enabled = "/sys/module/apparmor/parameters/enabled";
        return Directory.Exists("/sys/kernel/security/apparmor") && File.Exists(Enabled) && File.ReadAllText(Enabled).StartsWith('Y');
    }

    private static bool HasSelinux() => File.Exists("/sys/fs/selinux/enforce");
}
