using Devoxx.Orchestrator.Arguments;

namespace Devoxx.Orchestrator.Verbs;

/// <summary>One verb of the command line. Constructed only when it was typed, or for <c>--help</c>.</summary>
internal abstract class Verb
{
    /// <summary>As typed; two words for a verb of a group: <c>volume ls</c>.</summary>
    public abstract string Name { get; }

    public abstract string Summary { get; }

    /// <summary>What follows the options in the usage line.</summary>
    public virtual string Operands => "[SERVICE...]";

    /// <summary>The verb's own options, in the order of <c>--help</c>; a global option of the same name or letter yields to them.</summary>
    public virtual IReadOnlyList<Flag> Flags => [];

    /// <summary>False when everything after the first operand belongs to the operand, as for <c>exec</c>.</summary>
    public virtual bool Interspersed => true;

    public virtual int LeastOperands => 0;

    public virtual int MostOperands => int.MaxValue;

    /// <summary>Not shown among the commands.</summary>
    public virtual bool Hidden => false;

    /// <summary>Runs it and returns the exit code of the process.</summary>
    public abstract Task<int> RunAsync(Invocation invocation);

    /// <summary>The verb's own options, then the global ones that they leave free.</summary>
    public IReadOnlyList<Flag> AllFlags()
    {
        var all = new List<Flag>(Flags);
        foreach (var flag in GlobalOptions.Flags)
        {
            if (all.Exists(own => own.Name == flag.Name))
            {
                continue;
            }

            // A letter that the verb uses itself leaves the global option its long name, which is the same option.
            var taken = flag.Short is { } letter && all.Exists(own => own.Short == letter);
            all.Add(taken ? GlobalOptions.WithoutLetter(flag) : flag);
        }

        return all;
    }
}
