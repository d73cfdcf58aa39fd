namespace Devoxx.Images.Registry;

/// <summary>Reading about an image from wherever it may be had: its mirrors first, then the registry itself.</summary>
internal static class RegistryMirrors
{
    /// <param name="retrying">Told why it is tried again, or elsewhere.</param>
    /// <param name="read">Called for one place after the other until one gives something.</param>
    /// <exception cref="ImageException">What the last place said, or what no other place could mend.</exception>
    public static async Task<T> ReadAsync<T>(ImageReference reference, PullOptions options, Action<string> retrying, Func<RegistryConnection, Task<T>> read)
    {
        var endpoints = (options.Registries ?? RegistriesConfiguration.Load(options.Variable)).EndpointsOf(reference);
        for (var i = 0; ; i++)
        {
            using var connection = new RegistryConnection(reference, endpoints[i], options, new Credentials(options.Variable), "pull") { Retrying = retrying };
            try
            {
                return await read(connection);
            }
            catch (ImageException exception) when (i < endpoints.Length - 1 && exception is RegistryUnreachableException or RegistryRefusedException or DigestMismatchException)
            {
                retrying(exception.Message);
            }
        }
    }
}
