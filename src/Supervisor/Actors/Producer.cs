using Akka.Actor;

namespace Devoxx.Supervisor.Actors;

/// <summary>Makes actors by a plain delegate: <c>Props.Create</c> takes an expression, which ahead-of-time code interprets.</summary>
internal sealed class Producer<T>(Func<T> create) : IIndirectActorProducer where T : ActorBase
{
    public Type ActorType => typeof(T);

    public ActorBase Produce() => create();

    public void Release(ActorBase actor)
    {
    }

    public static Props Props(Func<T> create) => Akka.Actor.Props.CreateBy(new Producer<T>(create));
}
