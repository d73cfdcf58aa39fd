namespace Devoxx.Orchestrator.Systemd;

/// <summary>A unit among the files of a system: what <c>systemctl enable</c> and <c>disable</c> do, done by hand.</summary>
/// <param name="InstallRoot">The root of the system's file system; <c>/</c> for this one.</param>
internal sealed record SystemdFiles(SystemdUnit Unit, string InstallRoot = "/")
{
    public string UnitPath => Below(Unit.Path);

    public string LinkPath => Below(Unit.Link);

    public bool IsInstalled => File.Exists(UnitPath);

    /// <summary>It is started at boot.</summary>
    public bool IsEnabled => new FileInfo(LinkPath).LinkTarget is not null;

    /// <summary>The unit that is there is the one that would be written now.</summary>
    public bool IsCurrent => IsInstalled && File.ReadAllText(UnitPath) == Unit.Text();

    public void Install()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(LinkPath)!);
        var part = UnitPath + ".part";
        File.WriteAllText(part, Unit.Text());
        File.Move(part, UnitPath, overwrite: true);
        File.Delete(LinkPath);
        // The path as the system will see it, whatever it is mounted on now.
        File.CreateSymbolicLink(LinkPath, Unit.Path);
    }

    public void Uninstall()
    {
        File.Delete(LinkPath);
        File.Delete(UnitPath);
    }

    private string Below(string path) => InstallRoot.TrimEnd('/') + path;
}
