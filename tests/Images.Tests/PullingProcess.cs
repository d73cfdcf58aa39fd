using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Devoxx.Images.Registry;

namespace Devoxx.Images.Tests;

/// <summary>This very executable, started again to do nothing but pull, so that it can be killed.</summary>
internal static class PullingProcess
{
    private const string Variable = "DEVOXX_TEST_PULL";

    public static Process Start(string store, string reference) =>
        Process.Start(new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true, Environment = { [Variable] = $"{store} {reference}" } })!;

    [ModuleInitializer]
    internal static void PullInsteadOfTesting()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { } task)
        {
            var parts = task.Split(' ');
            using var store = ImageStore.Open(parts[0]);
            var options = new PullOptions { Registries = RegistriesConfiguration.Empty, Environment = ImmutableDictionary<string, string>.Empty };
            store.PullAsync(ImageReference.Parse(parts[1]), options).GetAwaiter().GetResult();
            Environment.Exit(0);
        }
    }
}
