using Devoxx.Native.Capabilities;
using Devoxx.Oci;

namespace Devoxx.Runtime.Exec;

/// <summary>What is asked of <c>exec</c>, beyond what the container's own configuration says.</summary>
internal sealed record ExecRequest
{
    public required IReadOnlyList<string> Args { get; init; }

    /// <summary>Entries <c>NAME=value</c> over those of the container; a name alone takes the value from our environment.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary><c>uid</c>, <c>name</c>, <c>uid:gid</c> and so on; null is the container's own.</summary>
    public string? User { get; init; }

    public IReadOnlyList<uint> AdditionalGids { get; init; } = [];

    public string? Cwd { get; init; }

    public bool Tty { get; init; }

    public ConsoleSize? ConsoleSize { get; init; }

    /// <summary>Capabilities beyond the container's.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    /// <summary>All capabilities that we have.</summary>
    public bool Privileged { get; init; }

    public bool? NoNewPrivileges { get; init; }

    /// <summary>Null is the container's own.</summary>
    public string? ApparmorProfile { get; init; }

    /// <summary>Null is the container's own.</summary>
    public string? SelinuxLabel { get; init; }

    /// <summary>The process to run, from the container's, in its files.</summary>
    public Process ApplyTo(Process container, ContainerUsers users)
    {
        var user = User is null ? container.User : users.Resolve(User) with { Umask = container.User.Umask };
        if (AdditionalGids.Count > 0)
        {
            user = user with { AdditionalGids = [.. user.AdditionalGids ?? [], .. AdditionalGids] };
        }

        return container with
        {
            Args = Args,
            Cwd = Cwd ?? container.Cwd,
            Terminal = Tty,
            ConsoleSize = ConsoleSize,
            User = user,
            Env = Environment(container.Env ?? [], user, users),
            NoNewPrivileges = NoNewPrivileges ?? container.NoNewPrivileges,
            Capabilities = CapabilitiesOf(container.Capabilities),
            ApparmorProfile = ApparmorProfile ?? container.ApparmorProfile,
            SelinuxLabel = SelinuxLabel ?? container.SelinuxLabel,
        };
    }

    private List<string> Environment(IReadOnlyList<string> container, User user, ContainerUsers users)
    {
        var entries = new List<string>(container);
        if (User is not null)
        {
            // HOME is that of the user, as it was set for the container's.
            entries.RemoveAll(entry => entry.StartsWith("HOME=", StringComparison.Ordinal));
        }

        foreach (var entry in Env)
        {
            var name = entry.Split('=', 2)[0];
            entries.RemoveAll(old => old.StartsWith(name + "=", StringComparison.Ordinal));
            if (entry.Contains('='))
            {
                entries.Add(entry);
            }
            else if (System.Environment.GetEnvironmentVariable(name) is { } value)
            {
                entries.Add($"{name}={value}");
            }
        }

        if (!entries.Exists(entry => entry.StartsWith("HOME=", StringComparison.Ordinal)))
        {
            entries.Add("HOME=" + users.HomeOf(user.Uid));
        }

        if (Tty && !entries.Exists(entry => entry.StartsWith("TERM=", StringComparison.Ordinal)))
        {
            entries.Add("TERM=xterm");
        }

        return entries;
    }

    private LinuxCapabilities? CapabilitiesOf(LinuxCapabilities? container)
    {
        if (Privileged)
        {
            var all = new List<string>();
            for (var i = 0; i < Capability.Count; i++)
            {
                all.Add(Capability.Name(i));
            }

            return new LinuxCapabilities { Bounding = all, Effective = all, Permitted = all, Inheritable = [], Ambient = [] };
        }

        if (Capabilities.Count == 0)
        {
            return container;
        }

        container ??= new LinuxCapabilities();
        return container with
        {
            Bounding = [.. container.Bounding ?? [], .. Capabilities],
            Effective = [.. container.Effective ?? [], .. Capabilities],
            Permitted = [.. container.Permitted ?? [], .. Capabilities],

            // Only what is inheritable can be ambient; where the container has any such, an ordinary user is to get these too, as runc has it.
            Ambient = container.Inheritable is { Count: > 0 } ? [.. container.Ambient ?? [], .. Capabilities] : container.Ambient,
        };
    }
}
