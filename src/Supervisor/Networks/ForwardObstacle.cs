using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Devoxx.Supervisor.Networks;

/// <summary>
/// A chain of another program that drops what this machine forwards, unless one of its own rules lets it through: Docker's and ufw's by policy, firewalld's by its
/// last rule. A packet must pass every chain, so nothing in our tables can overrule it; and the rules of others are theirs. Pure.
/// </summary>
/// <param name="Family"><c>ip</c>, <c>ip6</c> or <c>inet</c>.</param>
/// <param name="Why"><c>policy drop</c>, or the rule.</param>
/// <param name="HasDockerUser">Docker leaves the chain DOCKER-USER of the table to the administrator, and puts its jump to it first again whenever it restarts.</param>
internal sealed partial record ForwardObstacle(string Family, string Table, string Chain, string Why, bool HasDockerUser = false)
{
    /// <summary>What is said of it at <c>up</c>.</summary>
    /// <param name="bridges">What the names of our bridges begin with.</param>
    public string Describe(string bridges)
    {
        var what = $"chain {Chain} of table {Family} {Table}, which is another program's, drops what this machine forwards ({Why}): containers may neither reach the outside nor be reached at published ports from other machines. No rule of ours can overrule it; let them through there: ";
        return what + (HasDockerUser
            ? $"{(Family == "ip6" ? "ip6tables" : "iptables")} -I DOCKER-USER -i '{bridges}+' -j ACCEPT, and the same with -o"
            : $"nft insert rule {Family} {Table} {Chain} iifname '\"{bridges}*\"' accept, and the same with oifname");
    }

    /// <summary>Chains at the hook <c>forward</c> of what <c>nft list chains</c> prints, but those of our own table.</summary>
    public static ImmutableArray<ForwardObstacle> Candidates(string chains, string ourTable)
    {
        var found = ImmutableArray.CreateBuilder<ForwardObstacle>();
        var (family, table, chain, docker) = ("", "", "", false);
        var ofTable = 0;
        foreach (var line in chains.Split('\n').Select(l => l.Trim()))
        {
            if (line.Split(' ') is ["table", var f, var t, "{"])
            {
                (family, table, docker, ofTable) = (f, t, false, found.Count);
            }
            else if (line.Split(' ') is ["chain", var c, "{"])
            {
                chain = c;
                docker |= c == "DOCKER-USER";
            }
            else if (line.StartsWith("type filter hook forward ", StringComparison.Ordinal) && family is "ip" or "ip6" or "inet" && table != ourTable)
            {
                found.Add(new ForwardObstacle(family, table, chain, line.EndsWith("policy drop;", StringComparison.Ordinal) ? "policy drop" : ""));
            }
            else if (line == "}" && docker)
            {
                for (var i = ofTable; i < found.Count; i++)
                {
                    found[i] = found[i] with { HasDockerUser = true };
                }
            }
        }

        return found.ToImmutable();
    }

    /// <summary>The last rule of what <c>nft list chain</c> prints, if nothing comes past it; null: something does.</summary>
    public static string? Barrier(string chain)
    {
        var rules = chain.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && l != "}" && !l.EndsWith('{') && !l.StartsWith("type ", StringComparison.Ordinal));
        return rules.LastOrDefault() is { } last && Unconditional().Match(last) is { Success: true } match ? match.Groups["verdict"].Value : null;
    }

    [GeneratedRegex("""^(counter packets \d+ bytes \d+ )?(log( (prefix "[^"]*"|level \w+|flags [\w ]+))* )?(?<verdict>drop|reject( with [\w -]+?)?)( comment ".*")?$""")]
    private static partial Regex Unconditional();
}
