using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using static Tmds.Linux.LibC;

namespace Devoxx.Images.Registry;

/// <summary>What to show a registry: a user and password, or a token that stands for both.</summary>
public sealed record Credential(string User, string Password, string? IdentityToken = null);

/// <summary>
/// Credentials as `docker login` and `podman login` leave them: <c>$REGISTRY_AUTH_FILE</c>, <c>$XDG_RUNTIME_DIR/containers/auth.json</c> (without that
/// variable <c>/run/containers/UID/auth.json</c>), <c>$XDG_CONFIG_HOME/containers/auth.json</c>, <c>$DOCKER_CONFIG/config.json</c>; with credential helpers
/// (containers-auth.json(5), docker login).
/// </summary>
internal sealed class Credentials(Func<string, string?> environment)
{
    private const string DockerHub = "https://index.docker.io/v1/";

    /// <summary>A helper that asks somebody something would wait for ever.</summary>
    private static readonly TimeSpan HelperTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Credentials for a repository of a host; null when there are none.</summary>
    /// <exception cref="ImageException">A file or helper is broken.</exception>
    public async Task<Credential?> FindAsync(string host, string repository, CancellationToken cancellation)
    {
        foreach (var path in Files())
        {
            if (!File.Exists(path))
            {
                continue;
            }

            var file = Read(path);
            if (Keys(host).Select(key => (Key: key, Helper: file.CredHelpers?.GetValueOrDefault(key))).FirstOrDefault(entry => entry.Helper is not null) is { Helper: { } helper } found)
            {
                return await AskAsync(helper, found.Key, cancellation);
            }

            if (Entry(file, host, repository) is { } entry && Decode(entry, path) is { } credential)
            {
                return credential;
            }

            if (!string.IsNullOrEmpty(file.CredsStore) && await AskAsync(file.CredsStore, host == ImageReference.DefaultDomain ? DockerHub : host, cancellation) is { } stored)
            {
                return stored;
            }
        }

        return null;
    }

    private IEnumerable<string> Files()
    {
        if (environment("REGISTRY_AUTH_FILE") is { Length: > 0 } named)
        {
            yield return named;
            yield break;
        }

        yield return environment("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? runtime + "/containers/auth.json"
            : string.Create(CultureInfo.InvariantCulture, $"/run/containers/{(uint)geteuid()}/auth.json");

        var home = environment("HOME") is { Length: > 0 } own ? own : null;
        if ((environment("XDG_CONFIG_HOME") is { Length: > 0 } configuration ? configuration : home is null ? null : home + "/.config") is { } directory)
        {
            yield return directory + "/containers/auth.json";
        }

        if (environment("DOCKER_CONFIG") is { Length: > 0 } docker)
        {
            yield return docker + "/config.json";
        }
        else if (home is not null)
        {
            yield return home + "/.docker/config.json";
        }
    }

    /// <summary>What a registry is called in these files: Docker Hub has three names.</summary>
    private static string[] Keys(string host) => host == ImageReference.DefaultDomain ? [host, DockerHub, "index.docker.io"] : [host];

    /// <summary>The most specific key wins: podman may keep credentials by repository.</summary>
    private static AuthEntry? Entry(AuthFile file, string host, string repository)
    {
        if (file.Auths is null)
        {
            return null;
        }

        for (var key = host + "/" + repository; ; key = key[..key.LastIndexOf('/')])
        {
            if (file.Auths.TryGetValue(key, out var entry))
            {
                return entry;
            }

            if (!key.Contains('/'))
            {
                break;
            }
        }

        return Keys(host).Select(key => file.Auths.GetValueOrDefault(key)).FirstOrDefault(found => found is not null)
            ?? file.Auths.GetValueOrDefault("https://" + host) ?? file.Auths.GetValueOrDefault("https://" + host + "/v1/") ?? file.Auths.GetValueOrDefault("http://" + host);
    }

    private static Credential? Decode(AuthEntry entry, string path)
    {
        if (!string.IsNullOrEmpty(entry.IdentityToken))
        {
            return new Credential(entry.Username ?? "", "", entry.IdentityToken);
        }

        if (string.IsNullOrEmpty(entry.Auth))
        {
            return entry.Username is null ? null : new Credential(entry.Username, entry.Password ?? "");
        }

        var bytes = new byte[entry.Auth.Length];
        var text = Convert.TryFromBase64String(entry.Auth, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length).TrimEnd('\0') : "";
        var colon = text.IndexOf(':');
        if (colon <= 0)
        {
            throw new ImageException($"{path} is damaged: an 'auth' is not user:password in base64; log in again");
        }

        return new Credential(text[..colon], text[(colon + 1)..]);
    }

    private static AuthFile Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), RegistryJson.Default.AuthFile) ?? new AuthFile();
        }
        catch (JsonException exception)
        {
            throw new ImageException($"{path} is damaged: no JSON at line {exception.LineNumber + 1}", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new ImageException($"{path} cannot be read: permission denied", exception);
        }
    }

    /// <summary>The protocol of docker-credential-helpers: the host on standard input of <c>get</c>, JSON on standard output.</summary>
    private async Task<Credential?> AskAsync(string helper, string host, CancellationToken cancellation)
    {
        if (helper.Contains('/'))
        {
            throw new ImageException($"'{helper}' is no name of a credential helper");
        }

        var program = "docker-credential-" + helper;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(HelperTimeout);
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, "get") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new ImageException($"the credential helper {program} for {host} cannot be started; is it installed?", exception);
        }

        using (process)
        {
            try
            {
                await process.StandardInput.WriteAsync(host.AsMemory(), timeout.Token);
                process.StandardInput.Close();
                var errors = process.StandardError.ReadToEndAsync(timeout.Token);
                var output = await process.StandardOutput.ReadToEndAsync(timeout.Token);
                await process.WaitForExitAsync(timeout.Token);
                if (process.ExitCode != 0)
                {
                    // Helpers say so on standard output, with this very text.
                    return output.Contains("credentials not found", StringComparison.Ordinal) ? null
                        : throw new ImageException($"the credential helper {program} failed for {host}: {(output + await errors).Trim()}");
                }

                var answer = JsonSerializer.Deserialize(output, RegistryJson.Default.HelperAnswer);
                return answer is null ? null : answer.Username == "<token>" ? new Credential("", "", answer.Secret) : new Credential(answer.Username ?? "", answer.Secret ?? "");
            }
            catch (JsonException exception)
            {
                throw new ImageException($"the credential helper {program} gave no JSON for {host}", exception);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                process.Kill();
                throw new ImageException($"the credential helper {program} did not answer in {HelperTimeout.TotalSeconds} s");
            }
        }
    }
}

internal sealed record AuthFile
{
    public Dictionary<string, AuthEntry>? Auths { get; init; }

    public string? CredsStore { get; init; }

    public Dictionary<string, string>? CredHelpers { get; init; }
}

internal sealed record AuthEntry
{
    public string? Auth { get; init; }

    public string? Username { get; init; }

    public string? Password { get; init; }

    [JsonPropertyName("identitytoken")]
    public string? IdentityToken { get; init; }
}

internal sealed record HelperAnswer
{
    [JsonPropertyName("Username")]
    public string? Username { get; init; }

    [JsonPropertyName("Secret")]
    public string? Secret { get; init; }
}
