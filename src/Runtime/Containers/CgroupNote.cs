namespace Devoxx.Runtime.Containers;

/// <summary>What <c>create</c> writes down before it makes a cgroup, so that what a killed one has left is found.</summary>
/// <param name="Path">Absolute, below every hierarchy.</param>
/// <param name="Unit">The scope that systemd makes for it; null: the runtime makes it itself.</param>
internal sealed record CgroupNote(string Path, string? Unit = null)
{
    public void Write(StateDirectory directory) => File.WriteAllText(directory.CgroupNotePath, Unit is null ? Path : $"{Path}\n{Unit}");

    /// <summary>Null when there is none, or not all of it.</summary>
    public static CgroupNote? Read(StateDirectory directory)
    {
        if (!File.Exists(directory.CgroupNotePath))
        {
            return null;
        }

        var lines = File.ReadAllText(directory.CgroupNotePath).Split('\n');
        return lines[0] is ['/', _, ..] ? new CgroupNote(lines[0], lines.Length > 1 ? lines[1] : null) : null;
    }
}
