namespace Devoxx.Compose.Schema;

/// <summary>The shapes that many keys share.</summary>
internal static class Shapes
{
    internal static readonly ScalarShape Text = new(Types.String);
    internal static readonly ScalarShape Integer = new(Types.Integer);
    internal static readonly ScalarShape Number = new(Types.Number);
    internal static readonly ScalarShape Flag = new(Types.Boolean);
    internal static readonly ScalarShape FlagOrText = new(Types.Boolean | Types.String);
    internal static readonly ScalarShape IntegerOrText = new(Types.Integer | Types.String);
    internal static readonly ScalarShape NumberOrText = new(Types.Number | Types.String);
    internal static readonly ScalarShape Null = new(Types.Null);
    internal static readonly Shape Any = new AnyShape();

    internal static readonly ListShape Texts = new(Text, unique: true);
    internal static readonly ListShape AnyTexts = new(Text);
    internal static readonly UnionShape TextOrList = new(Text, Texts);
    internal static readonly MapShape Options = new(NumberOrText);
    internal static readonly UnionShape Pairs = new(list: Texts, map: new MapShape(new ScalarShape(Types.String | Types.Number | Types.Boolean | Types.Null)));
    internal static readonly UnionShape Command = new(new ScalarShape(Types.Null | Types.String), AnyTexts);
    internal static readonly UnionShape Hosts = new(list: Texts, map: new MapShape(new UnionShape(Text, AnyTexts)));
    internal static readonly UnionShape External = new(FlagOrText, map: new ObjectShape(("name", Text)));
    internal static readonly UnionShape OpenExternal = new(FlagOrText, map: new ObjectShape(("name", Text)) { Open = true });

    internal static readonly MapShape Ulimits = new(new UnionShape(IntegerOrText, map: new ObjectShape(("hard", IntegerOrText), ("soft", IntegerOrText)) { Required = ["soft", "hard"] }))
    {
        IsName = static name => name.Length > 0 && !name.AsSpan().ContainsAnyExceptInRange('a', 'z'),
        Open = true,
    };

    internal static readonly ListShape FileMounts = new(new UnionShape(Text, map: new ObjectShape(
        ("source", Text), ("target", Text), ("uid", Text), ("gid", Text), ("mode", NumberOrText))));

    internal static readonly ObjectShape Hook = new(
        ("command", Command), ("user", Text), ("privileged", FlagOrText), ("working_dir", Text), ("environment", Pairs)) { Required = ["command"] };

    internal static readonly ObjectShape PreStartHook = new(
        ("command", Command), ("image", Text), ("user", Text), ("privileged", FlagOrText), ("working_dir", Text),
        ("environment", Pairs), ("per_replica", FlagOrText));

    private static readonly (string, Shape)[] DeviceRequestKeys =
    [
        ("capabilities", Texts), ("count", IntegerOrText), ("device_ids", Texts), ("driver", Text), ("options", Pairs),
    ];

    internal static readonly ListShape DeviceRequests = new(new ObjectShape(DeviceRequestKeys) { Required = ["capabilities"] });

    internal static readonly UnionShape Gpus = new(new ScalarShape(Types.String) { OneOf = ["all"] }, new ListShape(new ObjectShape(DeviceRequestKeys) { Open = true }));

    internal static ScalarShape Choice(params string[] values) => new(Types.String) { OneOf = values };

    /// <summary>Names of services, networks, volumes, configs, secrets and models.</summary>
    internal static bool IsName(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    private static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
}
