using System.Text;
using System.Text.Json;
using Devoxx.Native.Capabilities;
using Devoxx.Native.Namespaces;
using Devoxx.Native.Seccomp;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Containers;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Verbs;

/// <summary><c>features</c>: what this runtime can do (runtime-spec, features.md). Only what it really does stands here.</summary>
internal static class FeaturesVerb
{
    public static int Run()
    {
        Failure.Write(1, Encoding.UTF8.GetString(JsonText.Write(Write, indented: true)) + "\n");
        return 0;
    }

    private static void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("ociVersionMin", "1.0.0");
        writer.WriteString("ociVersionMax", StateFile.OciVersion);
        List(writer, "hooks", ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]);
        List(writer, "mountOptions", MountOptions.Known);
        writer.WriteStartObject("linux");
        var namespaces = new List<string>();
        foreach (var kind in NamespaceKind.All)
        {
            namespaces.Add(kind.Name);
        }

        List(writer, "namespaces", namespaces);
        var capabilities = new List<string>();
        for (var i = 0; i < Capability.Count; i++)
        {
            capabilities.Add(Capability.Name(i));
        }

        List(writer, "capabilities", capabilities);
        writer.WriteStartObject("cgroup");
        writer.WriteBoolean("v1", true);
        writer.WriteBoolean("v2", true);
        writer.WriteBoolean("systemd", true);
        writer.WriteBoolean("systemdUser", true);
        writer.WriteBoolean("rdma", true);
        writer.WriteEndObject();
        Seccomp(writer);
        Enabled(writer, "apparmor", true);
        Enabled(writer, "selinux", true);
        Enabled(writer, "intelRdt", false);
        Enabled(writer, "netDevices", true);
        writer.WriteStartObject("memoryPolicy");
        List(writer, "modes", ["MPOL_DEFAULT", "MPOL_PREFERRED", "MPOL_BIND", "MPOL_INTERLEAVE", "MPOL_LOCAL", "MPOL_PREFERRED_MANY", "MPOL_WEIGHTED_INTERLEAVE"]);
        List(writer, "flags", ["MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES", "MPOL_F_NUMA_BALANCING"]);
        writer.WriteEndObject();
        writer.WriteStartObject("mountExtensions");
        Enabled(writer, "idmap", true);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Seccomp(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("seccomp");
        writer.WriteBoolean("enabled", SeccompFilter.IsAvailable);
        List(writer, "actions", ["SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_LOG", "SCMP_ACT_NOTIFY", "SCMP_ACT_TRACE", "SCMP_ACT_TRAP"]);
        List(writer, "operators", ["SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_LE", "SCMP_CMP_LT", "SCMP_CMP_MASKED_EQ", "SCMP_CMP_NE"]);
        List(writer, "knownFlags", ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"]);
        writer.WriteEndObject();
    }

    private static void Enabled(Utf8JsonWriter writer, string name, bool enabled)
    {
        writer.WriteStartObject(name);
        writer.WriteBoolean("enabled", enabled);
        writer.WriteEndObject();
    }

    private static void List(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
