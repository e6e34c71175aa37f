package dev.weir.cli;

import dev.weir.cli.demo.DemoCommand;
import dev.weir.config.Durations;
import dev.weir.unit.BucketName;
import dev.weir.unit.GroupName;
import dev.weir.unit.Origin;
import dev.weir.unit.Rate;
import java.time.Duration;
import java.util.function.Function;
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
  @Spec
  private CommandSpec spec = CommandSpec.create(); // set by picocli

  private Weir() {}

  public static void main(String[] args) {
    // from Java 22 on a console is there even in a pipe, and colors with it, but for this one
    System.setProperty("jdk.console", "java.base");
    System.exit(commandLine(Roles.REAL).execute(args));
  }

  /** The whole command, for its tests and for whoever adds to it. */
  static CommandLine commandLine(Roles roles) {
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
    CommandLine line = new CommandLine(weir)
        .addSubcommand(new ProxyCommand(roles))
        .addSubcommand(new RelayCommand(roles))
        .addSubcommand(new PlayerCommand(roles))
        .addSubcommand(new DemoCommand())
        .addSubcommand(new CheckCommand())
        .addSubcommand(new ScriptCommand())
        .addSubcommand(new DeadCommand())
        .addSubcommand(new RewindCommand())
        .addSubcommand(new PauseCommand())
        .addSubcommand(new ResumeCommand())
        .addSubcommand(new PurgeCommand())
        .addSubcommand(new GroupCommand())
        .addSubcommand(new TokenCommand())
        .addSubcommand(new CompletionCommand())
        .addSubcommand(new WarmUpCommand(roles))
        .setParameterExceptionHandler(Failure::reportUsage)
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
