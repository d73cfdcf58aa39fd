using System.Globalization;

namespace Devoxx.Scenarios.Recovery;

/// <summary>What makes a random test come out the same again: <c>DEVOXX_SEED</c>, or one of its own, which it prints.</summary>
public static class Seed
{
    public const string Variable = "DEVOXX_SEED";

    public static int Choose() =>
        int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next(1, 1_000_000);
}
