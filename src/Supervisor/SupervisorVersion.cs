using System.Reflection;

namespace Devoxx.Supervisor;

public static class SupervisorVersion
{
    /// <summary><c>0.1.0</c>.</summary>
    public static string Text { get; } =
        (typeof(SupervisorVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+')[0];
}
