namespace Devoxx.Native.Cgroups;

/// <summary>A rule on device nodes, as the OCI runtime specification has them.</summary>
/// <param name="Allow">Whether what matches is allowed or denied.</param>
/// <param name="Type"><c>c</c>, <c>b</c>, or <c>a</c> for both.</param>
/// <param name="Major">Null for every number.</param>
/// <param name="Minor">Null for every number.</param>
/// <param name="Access">Of <c>r</c>, <c>w</c> and <c>m</c> (mknod).</param>
public sealed record DeviceRule(bool Allow, char Type, long? Major, long? Minor, string Access)
{
    /// <summary>The kernel's form, Documentation/admin-guide/cgroup-v1/devices.rst: <c>c 1:3 rwm</c>, <c>c 136:* rw</c>, <c>a</c>.</summary>
    public override string ToString() =>
        Type == 'a' ? "a" : $"{Type} {Major?.ToString() ?? "*"}:{Minor?.ToString() ?? "*"} {Access}";
}
