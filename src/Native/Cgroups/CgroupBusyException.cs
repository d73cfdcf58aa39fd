namespace Devoxx.Native.Cgroups;

/// <summary>A cgroup was not removed because processes are in it.</summary>
public sealed class CgroupBusyException(string path, IReadOnlyList<int> processes)
    : IOException($"{path} is in use by " + (processes.Count == 0 ? "a process that is going" : string.Join(", ", processes.Select(Describe))))
{
    public string Path { get; } = path;

    public IReadOnlyList<int> Processes { get; } = processes;

    private static string Describe(int pid)
    {
        try
        {
            return $"{pid} ({File.ReadAllText($"/proc/{pid}/comm").TrimEnd()})";
        }
        catch (IOException)
        {
            return pid.ToString();
        }
    }
}
