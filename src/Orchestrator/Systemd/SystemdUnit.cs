using System.Text;
using Devoxx.Supervisor;

namespace Devoxx.Orchestrator.Systemd;

/// <summary>The unit that has a state root's supervisor started at boot, where it brings back what its restart policies want. Pure.</summary>
/// <param name="Executable">Absolute path of this program.</param>
/// <param name="Root">Whose supervisor it is.</param>
/// <param name="Runtime">Where <c>devoxx-runtime</c> is when not beside it; null: beside it.</param>
internal sealed record SystemdUnit(string Executable, StateRoot Root, string? Runtime = null)
{
    private const string Directory = "/etc/systemd/system";

    /// <summary>One for each state root: <c>devoxx.service</c> for the usual one.</summary>
    public string Name => Root.Name + ".service";

    /// <summary>Below the root of the file system that it is installed in.</summary>
    public string Path => $"{Directory}/{Name}";

    /// <summary>What <c>systemctl enable</c> would make: a link to <see cref="Path"/>.</summary>
    public string Link => $"{Directory}/multi-user.target.wants/{Name}";

    /// <summary>
    /// KillMode=process, because containers outlive their supervisor (systemd.kill(5)); an idle timeout of 0, because systemd and not the
    /// next command is to have started it. The supervisor raises the soft limit of descriptors for itself; containers get it as it is.
    /// </summary>
    public string Text() => $"""
        # Made by `devoxx-compose supervisor install`; `devoxx-compose supervisor uninstall` removes it.
        [Unit]
        Description=devoxx-compose supervisor of {Escape(Root.Path)}
        Wants=network-online.target
        After=network-online.target local-fs.target
        RequiresMountsFor={Quote(Root.Path)}

        [Service]
        Type=notify
        ExecStart={Word(Executable)} supervisor --root {Word(Root.Path)} --idle-timeout 0
        {(Runtime is null ? "" : $"Environment={Quote("DEVOXX_RUNTIME=" + Runtime)}\n")}KillMode=process
        Restart=on-failure
        RestartSec=1
        Delegate=yes
        TasksMax=infinity
        LimitNOFILE=1024:1048576
        OOMScoreAdjust=-500

        [Install]
        WantedBy=multi-user.target

        """;

    /// <summary>A word of a command line (systemd.service(5)), where $ begins a variable.</summary>
    private static string Word(string text) => Quote(text.Replace("$", "$$", StringComparison.Ordinal));

    /// <summary>A word of a setting (systemd.syntax(7)), where % begins a specifier.</summary>
    private static string Quote(string text)
    {
        text = Escape(text);
        if (!text.AsSpan().ContainsAny(" \t\"'\\;"))
        {
            return text;
        }

        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            quoted.Append(letter is '"' or '\\' ? $"\\{letter}" : letter.ToString());
        }

        return quoted.Append('"').ToString();
    }

    private static string Escape(string text) => text.Replace("%", "%%", StringComparison.Ordinal);
}
