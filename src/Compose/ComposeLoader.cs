using System.Collections.Immutable;
using Devoxx.Compose.Binding;
using Devoxx.Compose.Canonical;
using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Loading;
using Devoxx.Compose.Tree;
using Devoxx.Compose.Validation;
using Devoxx.Compose.Yaml;

namespace Devoxx.Compose;

/// <summary>
/// Text to <see cref="Project"/>, as `docker compose` understands it. Pure: whatever is read comes through the request.
/// <para>
/// The command line does three things around it. It makes the request: <see cref="ProjectOptions.Prepare"/> finds the files,
/// the project directory and the variables from -f, COMPOSE_FILE, the default names, --env-file and `.env`; options of the verb
/// are set on it with `with`. It loads, and prints every diagnostic. It uses the project: `up` prints
/// <see cref="SupportWarnings.For"/> first; `config` prints what <see cref="ConfigOutput"/> has for each of its options.
/// </para>
/// </summary>
public static class ComposeLoader
{
    /// <summary>Loads a project, or says all that is wrong with its files.</summary>
    public static LoadResult Load(LoadRequest request)
    {
        var diagnostics = new DiagnosticList();
        try
        {
            var (tree, name, environment) = Tree(ref request, diagnostics);
            var project = Bind.Project(tree, new Binder(diagnostics), name) with
            {
                WorkingDir = request.WorkingDirectory,
                ComposeFiles = [.. request.Files.Select(static f => f.Path)],
                Environment = Sorted<string>.Empty.AddRange(environment),
            };
            if (diagnostics.Errors > 0) return Failed(diagnostics);
            project = Selection.WithProfiles(project, request.Profiles);
            if (request.CheckConsistency)
            {
                new Consistency(project, tree, diagnostics).Check();
                project = ScaleAsReplicas(project);
            }
            project = Selection.Select(Selection.WithNamed(project, request.Services), request.Services, diagnostics);
            if (!request.AllResources) project = Selection.OnlyUsedResources(project);
            if (request.ResolveEnvironment) project = ServiceFiles.ResolveEnvironment(project, tree, request.ReadFile, diagnostics);
            project = ServiceFiles.ResolveLabels(project, tree, request.ReadFile, diagnostics);
            if (request.CheckConsistency) ContainerNames(project, tree, diagnostics);
            return diagnostics.Errors > 0 ? Failed(diagnostics) : new LoadResult(project, diagnostics.ToImmutable()) { Tree = tree };
        }
        catch (ComposeException error)
        {
            return Failed(diagnostics, error);
        }
    }

    /// <summary>
    /// Loads the canonical tree only: what `config --no-interpolate` and `--variables` show. Nothing that needs variables'
    /// values is checked.
    /// </summary>
    public static ModelResult LoadModel(LoadRequest request)
    {
        var diagnostics = new DiagnosticList();
        try
        {
            var (tree, _, _) = Tree(ref request, diagnostics);
            return new ModelResult(diagnostics.Errors > 0 ? null : new ComposeModel(tree), diagnostics.ToImmutable());
        }
        catch (ComposeException error)
        {
            return new ModelResult(null, Failed(diagnostics, error).Diagnostics);
        }
    }

    private static (MappingNode Tree, string Name, ImmutableDictionary<string, string> Environment) Tree(ref LoadRequest request, DiagnosticList diagnostics)
    {
        if (request.Files.IsDefaultOrEmpty) throw new ComposeException(Position.None, "no Compose file is given; name one with -f");
        var documents = new Documents();
        var name = ProjectName.Of(request, documents, diagnostics);
        var environment = request.Environment.SetItem("COMPOSE_PROJECT_NAME", name);
        request = request with { Environment = environment };
        var scope = new Scope(request.WorkingDirectory, request.WorkingDirectory, environment, request.ResolvePaths);
        var tree = new ModelLoader(request, documents, diagnostics).Load(request.Files, scope);
        if (tree.Count == 0) throw new ComposeException(new Position(request.Files[0].Path, 0, 0), "the file is empty; it needs `services:`");
        if (name.Length == 0)
            throw new ComposeException(Position.None, $"the directory {request.WorkingDirectory} gives no project name; give one with -p or `name:`");
        if (request.Normalize)
        {
            tree.Set("name", ScalarNode.String(tree.Position, name));
            Normaliser.Apply(tree, name, variable => environment.GetValueOrDefault(variable));
        }
        return (tree, name, environment);
    }

    /// <summary>One number of replicas, wherever it was given: the reference prints `scale` as `deploy.replicas` too.</summary>
    private static Project ScaleAsReplicas(Project project)
    {
        var services = project.Services;
        foreach (var (name, service) in project.Services)
            if (service is { Scale: not null, Deploy: { } deploy }) services = services.SetItem(name, service with { Deploy = deploy with { Replicas = service.Scale } });
        return project with { Services = services };
    }

    private static void ContainerNames(Project project, MappingNode tree, DiagnosticList diagnostics)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, service) in project.Services)
            if (!string.IsNullOrEmpty(service.ContainerName) && !owners.TryAdd(service.ContainerName, name))
                diagnostics.Error(TreePath.Locate(tree, "services", name, "container_name"), $"services.{name}.container_name: service `{owners[service.ContainerName]}` has the name `{service.ContainerName}` already; give each its own");
    }

    private static LoadResult Failed(DiagnosticList diagnostics, ComposeException? error = null)
    {
        // An empty message only ends the load: what is wrong has been said.
        if (error is { Message.Length: > 0 }) diagnostics.Error(error.Position, error.Message);
        return new LoadResult(null, diagnostics.ToImmutable());
    }
}
