package dev.weir.cli;

import dev.weir.cli.demo.DemoCommand;
import dev.weir.cli.signal.Signals;
import dev.weir.config.Durations;
import dev.weir.http.HttpServer;
import dev.weir.spool.SqliteLibrary;
import dev.weir.unit.BucketName;
import dev.weir.unit.GroupName;
import dev.weir.unit.Origin;
import dev.weir.unit.Rate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The {@code weir} command: where every role and tool starts. */
@Command(
    name = "weir",
    description = "Captures live HTTP traffic, holds it safely, replays it elsewhere.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Version.class,
    sortOptions = false,
    footer = {
      "",
      "Exit codes: 0 done, 1 failed while running, 2 usage, 3 an assertion failed,",
      "69 cannot reach, 78 bad configuration. NO_COLOR turns colors off.",
      "",
      "Examples:",
      "  weir relay",
      "  weir proxy --listen :8080 --to http://localhost:3000 --bucket shop",
      "  weir player --bucket shop --to http://staging:3000",
    })
public final class Weir implements Runnable {
  /** The roles, and what each loads slowly, in the order in which it will want it. */
  private static final Map<String, List<Runnable>> ROLES = Map.of(
      "proxy", List.of(SqliteLibrary::load, HttpServer::load),
      "relay", List.of(HttpServer::load), // SQLite once the first bucket is there
      "player", List.of(HttpServer::load));

  @Spec
  private CommandSpec spec = CommandSpec.create(); // set by picocli

  private Weir() {}

  public static void main(String[] args) {
    // from Java 22 on a console is there even in a pipe, and colors with it, but for this one
    System.setProperty("jdk.console", "java.base");
    String first = args.length == 0 ? "" : args[0];
    if (ROLES.containsKey(first)) {
      Signals.endureHangUp();
      load(ROLES.get(first));
    }
    System.exit(commandLine(Roles.REAL, first).execute(args));
  }

  /** Has a thread load these, while this one reads the command line and the configuration. */
  private static void load(List<Runnable> slow) {
    LoggerFactory.getILoggerFactory(); // first: who comes while another sets it up gets a stand-in
    Thread thread = new Thread(() -> slow.forEach(Runnable::run), "load");
    thread.setDaemon(true);
    thread.start();
  }

  /** The commands by name. Making one takes a while: it reads its annotations. */
  private static Map<String, Supplier<Object>> commands(Roles roles) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("proxy", () -> new ProxyCommand(roles));
    commands.put("relay", () -> new RelayCommand(roles));
    commands.put("player", () -> new PlayerCommand(roles));
    commands.put("demo", DemoCommand::new);
    commands.put("check", CheckCommand::new);
    commands.put("script", ScriptCommand::new);
    commands.put("dead", DeadCommand::new);
    commands.put("rewind", RewindCommand::new);
    commands.put("pause", PauseCommand::new);
    commands.put("resume", ResumeCommand::new);
    commands.put("purge", PurgeCommand::new);
    commands.put("group", GroupCommand::new);
    commands.put("token", TokenCommand::new);
    commands.put("completion", CompletionCommand::new);
    commands.put("warm-up", () -> new WarmUpCommand(roles));
    return commands;
  }

  /** The whole command, for its tests and for whoever adds to it. */
  static CommandLine commandLine(Roles roles) {
    return commandLine(roles, "");
  }

  /** @param first if it names a command that knows of no others: with this one alone */
  private static CommandLine commandLine(Roles roles, String first) {
    Map<String, Supplier<Object>> commands = commands(roles);
    if (commands.containsKey(first) && !first.equals("completion")) {
      commands.keySet().retainAll(Set.of(first));
    }
    CommandSpec weir = CommandSpec.forAnnotatedObject(new Weir())
        .addOption(OptionSpec.builder("-h", "--help")
            .usageHelp(true)
            .scopeType(ScopeType.INHERIT)
            .description("Show this help.")
            .build())
        .addOption(OptionSpec.builder("--version")
            .versionHelp(true)
            .description("Print the version.")
            .build());
    CommandLine line = new CommandLine(weir);
    commands.forEach((name, command) -> line.addSubcommand(name, command.get()));
    line.setParameterExceptionHandler(Failure::reportUsage)
        .setExecutionExceptionHandler(Failure::report)
        .registerConverter(Duration.class, checked(Durations::parse))
        .registerConverter(BucketName.class, checked(BucketName::new))
        .registerConverter(GroupName.class, checked(GroupName::new))
        .registerConverter(Origin.class, checked(Origin::parse))
        .registerConverter(Rate.class, checked(Rate::parse))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true);
    for (CommandLine each : line.getSubcommands().values()) {
      each.getCommandSpec().usageMessage().synopsisHeading("%nUsage: "); // after its header
    }
    return line;
  }

  /** Says what is wrong with a value in its own words. */
  private static <T> ITypeConverter<T> checked(Function<String, T> parse) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    };
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }
}
